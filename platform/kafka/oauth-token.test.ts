import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { oauthTokens } from './oauth-token.ts'

interface TokenRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A token endpoint on loopback that gives what `answer` says. */
async function aTokenEndpoint(answer: (request: number) => { status?: number; body: string }) {
  const requests: TokenRequest[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      requests.push({ headers: request.headers, body })
      const { status = 200, body: text } = answer(requests.length)
      response.writeHead(status).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { requests, tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` }
}

const client = { clientId: 'pick:stream', clientSecret: 'a b' }

test('asks by client credentials, keeps the token until shortly before it expires, and shares one request', async () => {
  const endpoint = await aTokenEndpoint((n) => ({ body: JSON.stringify({ access_token: `t${n}`, expires_in: 300 }) }))
  let now = 0
  const token = oauthTokens({ ...client, tokenUrl: endpoint.tokenUrl, scope: 'kafka' }, { now: () => now })
  expect(await Promise.all([token(), token()])).toEqual([{ value: 't1' }, { value: 't1' }])
  const [{ headers, body }] = endpoint.requests as [TokenRequest]
  expect(headers.authorization).toBe(`Basic ${Buffer.from('pick%3Astream:a%20b').toString('base64')}`)
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ grant_type: 'client_credentials', scope: 'kafka' })
  now = 269_000
  expect(await token()).toEqual({ value: 't1' })
  now = 271_000
  expect(await token()).toEqual({ value: 't2' })
})

test.each([
  [{ status: 401, body: '{"error":"invalid_client"}' }, /answered 401: \{"error":"invalid_client"\}/],
  [{ body: 'no JSON' }, /without an access_token: no JSON/],
  [{ body: '{}' }, /without an access_token: \{\}/],
])('a refusal is told, and the next call asks again: %j', async (first, message) => {
  const endpoint = await aTokenEndpoint((n) => (n === 1 ? first : { body: '{"access_token":"later"}' }))
  const token = oauthTokens({ ...client, tokenUrl: endpoint.tokenUrl }, { now: () => 0 })
  await expect(token()).rejects.toThrow(message)
  expect(await token()).toEqual({ value: 'later' })
})
