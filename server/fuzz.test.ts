import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { aList, ranked } from '../test/support/builders.ts'
import { openStream } from '../test/support/event-stream.ts'
import { body, socketMessage, stringify } from '../test/support/graphql-grammar.ts'
import { type Harness, startHarness } from '../test/support/server-harness.ts'

/** More by FUZZ_REQUESTS and FUZZ_MESSAGES; a failing run prints its seed, FUZZ_SEED repeats it. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 1_000)
const messages = Number(process.env.FUZZ_MESSAGES ?? 500)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const timeout = 60_000 + (requests + messages) * 300

let harness: Harness
/** What the server logged as an error: the words behind an internal error. */
const logged: string[] = []
const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
beforeAll(async () => {
  harness = await startHarness({ logger })
  await harness.putItems({ id: 'a' }, { id: 'b', categories: ['x'] })
  await harness.publishList('u', aList({ offset: 1, unseen: ranked('a', 'b') }))
})
afterAll(() => harness.close())

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heapAfterCollection = () => {
  collect()
  return process.memoryUsage().heapUsed
}
/** Documents that were parsed and compiled are kept, up to their limits; nothing else may grow. */
const heapGrowthMax = 200e6

test('whatever is posted, the answer is JSON, no server error, and tells nothing of the inside', {
  timeout,
}, async () => {
  const heapBefore = heapAfterCollection()
  const property = fc.asyncProperty(fc.array(body, { minLength: 8, maxLength: 8 }), async (bodies) => {
    await Promise.all(bodies.map(postOne))
  })
  await fc.assert(property, { numRuns: Math.ceil(requests / 8), seed, endOnFailure: true })
  expect((await harness.ask('{ item(id: "a") { id } }')).data).toEqual({ item: { id: 'a' } })
  expect(heapAfterCollection() - heapBefore).toBeLessThan(heapGrowthMax)
})

async function postOne(one: unknown): Promise<void> {
  const response = await fetch(harness.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: stringify(one),
  })
  const text = await response.text()
  expect(response.status, text + logged.join('')).toBeLessThan(500)
  const { errors = [] } = JSON.parse(text, wellFormed) as {
    errors?: { message: string; extensions: { code: string } }[]
  }
  for (const { message, extensions } of errors) {
    expect(extensions.code, message + logged.join('')).not.toBe('INTERNAL_SERVER_ERROR')
    expect(extensions).not.toHaveProperty('stacktrace')
  }
}

function wellFormed(_key: string, one: unknown): unknown {
  if (typeof one === 'string') expect(one.isWellFormed(), JSON.stringify(one)).toBe(true)
  return one
}

test('whatever is sent on a socket, the server goes on, and the socket ends by the protocol if it does', {
  timeout,
}, async () => {
  const perSocket = 20
  const property = fc.asyncProperty(fc.array(socketMessage, { minLength: perSocket, maxLength: perSocket }), talk)
  await fc.assert(property, { numRuns: Math.ceil(messages / perSocket), seed, endOnFailure: true })
  const watcher = harness.watch('subscription { recommendationsUpdated(userId: "u") { id } }')
  expect((await watcher.message(0)).errors).toBeUndefined()
  watcher.stop()
})

async function talk(texts: readonly string[]): Promise<void> {
  const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const received: string[] = []
  await new Promise((resolve) => socket.on('open', resolve))
  socket.on('message', (data) => received.push(String(data)))
  socket.send('{"type":"connection_init"}')
  await until(() => received.length > 0)
  for (const text of texts) if (socket.readyState === socket.OPEN) socket.send(text)
  socket.send('{"type":"ping","payload":{"last":true}}')
  await Promise.race([closed, until(() => received.some((text) => text.includes('"pong"') && text.includes('last')))])
  socket.close()
  expect([1000, 1005, 4400, 4409, 4429]).toContain(await closed)
  for (const text of received) expect(text).not.toContain('INTERNAL_SERVER_ERROR')
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}

test.each([
  ['a Host header that is no host', { host: '%%%' }, '/graphql'],
  ['a broken query string', {}, '/graphql?%'],
  ['a path that cannot be decoded', {}, '/%'],
  ['a trace that is none', { traceparent: 'x'.repeat(5_000) }, '/graphql'],
  ['a forwarded address', { 'x-forwarded-for': ','.repeat(100) }, '/graphql'],
])('%s is no server error', async (_name, headers, path) => {
  const { request } = await import('node:http')
  const { port } = new URL(harness.url)
  const status = await new Promise<number>((resolve, reject) => {
    const sent = request({ port, path, method: 'POST', headers: { 'content-type': 'application/json', ...headers } })
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end('{"query":"{ __typename }"}')
  })
  expect(status).toBeLessThan(500)
})

test('whatever is posted to an event stream, it begins with a result or ends, and no server error', {
  timeout,
}, async () => {
  const property = fc.asyncProperty(fc.array(body, { minLength: 8, maxLength: 8 }), async (bodies) => {
    await Promise.all(bodies.map(streamOne))
  })
  await fc.assert(property, { numRuns: Math.ceil(requests / 40), seed, endOnFailure: true })
  const subscribers = async () =>
    /^pickstream_subscribers (.*)$/m.exec(await (await fetch(new URL('/metrics', harness.url))).text())?.[1]
  while ((await subscribers()) !== '0') await new Promise((resolve) => setTimeout(resolve, 5))
})

async function streamOne(one: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: stringify(one) }
  const stream = await openStream(`${harness.url}/stream`, init)
  expect(stream.response.status, logged.join('')).toBeLessThan(500)
  if (stream.response.status === 200) {
    // Nothing comes where the client has the newest list.
    const silence = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 100))
    const first = await Promise.race([stream.next(), silence])
    const { errors = [] } = first?.data ?? {}
    for (const { message, extensions } of errors) {
      expect(extensions.code, message + logged.join('')).not.toBe('INTERNAL_SERVER_ERROR')
    }
  }
  stream.close()
}
