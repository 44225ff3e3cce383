import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startHarness } from '../test/support/server-harness.ts'

const secret = 'a secret of at least 32 characters'

let open: Harness
let guarded: Harness
let explored: Harness
const errors: unknown[] = []
beforeAll(async () => {
  const { silentLogger } = await import('../platform/logger.ts')
  const logger = Object.assign(Object.create(silentLogger), {
    error: (...args: unknown[]) => errors.push(args),
    child: () => silentLogger,
  })
  const access = { PICKSTREAM_ACCESS_JWT_SECRET: secret }
  open = await startHarness({ logger })
  guarded = await startHarness({ env: access })
  explored = await startHarness({ env: { ...access, PICKSTREAM_EXPLORER: 'on' } })
})
afterAll(() => Promise.all([open, guarded, explored].map((harness) => harness?.close())))

describe('a subscription by POST', () => {
  const text = 'subscription { recommendationsUpdated(userId: "ann", first: 1) { revision } }'

  test('is refused with 400 and the way to go, however often it is sent, and logs no error', async () => {
    for (let n = 0; n < 5; n++) {
      const response = await open.post({ query: text })
      expect(response.status).toBe(400)
      const { data, errors: refusals } = (await response.json()) as { data?: unknown; errors: Refusal[] }
      expect(data).toBeUndefined()
      expect(refusals).toHaveLength(1)
      expect(refusals[0]!.message).toMatch(/WebSocket.*graphql-transport-ws/)
      expect(refusals[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
    }
    expect(errors).toEqual([])
  })

  test('does not stand in the way of a query beside it in the document', async () => {
    const query = `${text.replace('subscription', 'subscription Watch')} query Read { __typename }`
    const response = await open.post({ query, operationName: 'Read' })
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
  })

  test('by GET is refused as well', async () => {
    const headers = { 'apollo-require-preflight': 'true' }
    const response = await fetch(`${open.url}?query=${encodeURIComponent(text)}`, { headers })
    expect(response.status).toBe(405)
  })
})

describe('other methods', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is 405 with Allow', async (method) => {
    for (const url of [open.url, `${open.url}?query={__typename}`]) {
      const response = await fetch(url, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
      expect(((await response.json()) as { errors: Refusal[] }).errors[0]!.extensions.code).toBe('BAD_REQUEST')
    }
  })

  test('of another path it stays 404', async () => {
    expect((await fetch(`${open.url}/other`, { method: 'PUT' })).status).toBe(404)
  })
})

describe('without credentials, where access is configured', () => {
  test.each([
    ['a query by POST', { method: 'POST', body: '{"query":"{ __typename }"}' }],
    ['a document that is not valid', { method: 'POST', body: '{"query":"{"}' }],
    ['a body that is no JSON', { method: 'POST', body: '{' }],
    ['a query by GET', { method: 'GET' }],
  ])('%s is 401 with WWW-Authenticate', async (_, init) => {
    const headers = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' }
    const search = init.method === 'GET' ? '?query={__typename}' : ''
    const response = await fetch(guarded.url + search, { ...init, headers })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="pickstream"'])
    const [error] = ((await response.json()) as { errors: Refusal[] }).errors
    expect(error!.extensions).toMatchObject({ code: 'UNAUTHENTICATED', retriable: false })
  })

  test('a token that is not valid is 401 with the reason', async () => {
    const response = await guarded.post({ query: '{ __typename }' }, { authorization: 'Bearer a.b.c' })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="pickstream", error="invalid_token"',
    ])
  })

  test('the metrics are 401 with WWW-Authenticate', async () => {
    const response = await fetch(guarded.url.replace('/graphql', '/metrics'))
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="pickstream"'])
  })

  test('the explorer page is shown where it is switched on, so that a token can be entered', async () => {
    const page = await fetch(explored.url, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    expect((await explored.post({ query: '{ __typename }' })).status).toBe(401)
    expect((await fetch(guarded.url, { headers: { accept: 'text/html' } })).status).toBe(401)
  })

  test('open access asks for nothing', async () => {
    const response = await open.post({ query: '{ __typename }' })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([200, null])
  })
})

interface Refusal {
  readonly message: string
  readonly extensions: { readonly code: string; readonly retriable: boolean }
}
