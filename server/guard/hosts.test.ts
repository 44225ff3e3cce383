import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

interface Reply {
  readonly status: number
  readonly text: string
}

const replyOf = async (response: IncomingMessage): Promise<Reply> => ({
  status: response.statusCode ?? 0,
  text: await text(response),
})

const send = (harness: Harness, path: string, headers: Record<string, string>, body?: string) =>
  new Promise<Reply>((resolve, reject) => {
    const { port } = new URL(harness.url)
    const method = body === undefined ? 'GET' : 'POST'
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (response) =>
      resolve(replyOf(response)),
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

const ask = (harness: Harness, headers: Record<string, string>) =>
  send(harness, '/graphql', { 'content-type': 'application/json', ...headers }, '{"query":"{ pipeline { items } }"}')

/** The status of the upgrade, and what a refusal says. */
const upgrade = (harness: Harness, headers: Record<string, string>, origin?: string) =>
  new Promise<Reply>((resolve) => {
    const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws', { headers, origin })
    socket.on('open', () => {
      socket.terminate()
      resolve({ status: 101, text: '' })
    })
    socket.on('unexpected-response', (_request, response) => resolve(replyOf(response)))
    socket.on('error', () => {})
  })

describe('while access is open', () => {
  let harness: Harness
  let port: string
  beforeAll(async () => {
    harness = await startHarness({ env: { PICKSTREAM_ALLOWED_HOSTS: 'shop.internal' } })
    port = new URL(harness.url).port
  })
  afterAll(() => harness.close())

  test.each([
    'evil.example',
    'evil.example:4000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '0.0.0.0',
    '[::2]',
  ])('a request under the name %s is refused, whatever it asks for', async (host) => {
    const { status, text: body } = await ask(harness, { host, origin: `http://${host}` })
    expect(status).toBe(403)
    const message = `Host: expected localhost, a loopback address or a name of PICKSTREAM_ALLOWED_HOSTS while access is open, got ${JSON.stringify(host)}`
    expect(JSON.parse(body)).toEqual({ errors: [{ message, extensions: { code: 'FORBIDDEN', retriable: false } }] })
    expect((await send(harness, '/metrics', { host })).status).toBe(403)
    expect((await send(harness, '/console', { host })).status).toBe(403)
    const socket = await upgrade(harness, { host }, `http://${host}`)
    expect([socket.status, JSON.parse(socket.text).errors[0].message]).toEqual([403, message])
  })

  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '[::1]', 'shop.internal', 'Shop.Internal'])(
    '%s is a name of the server',
    async (name) => {
      for (const host of [name, `${name}:${port}`]) {
        expect((await ask(harness, { host })).status).toBe(200)
        expect((await upgrade(harness, { host }, `http://${host.toLowerCase()}`)).status).toBe(
          host === host.toLowerCase() ? 101 : 403,
        )
      }
    },
  )

  test('a page of another site opens no socket, and is told why', async () => {
    const { status, text: body } = await upgrade(harness, {}, 'https://evil.example')
    expect(status).toBe(403)
    expect(body).toContain('Origin: expected the server')
  })
})

test('where access is configured any name will do', async () => {
  const harness = await startHarness({
    env: { PICKSTREAM_ACCESS_JWT_SECRET: 'a secret of at least thirty-two characters' },
  })
  expect((await ask(harness, { host: 'shop.example' })).status).toBe(401)
  expect((await send(harness, '/health/live', { host: 'shop.example' })).status).toBe(200)
  await harness.close()
})
