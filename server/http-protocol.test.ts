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

describe('a body', () => {
  const record = (userId: Buffer) =>
    Buffer.concat([
      Buffer.from('{"query":"mutation { recordEvents(events: [{ userId: \\"'),
      userId,
      Buffer.from('\\", itemId: \\"tent\\", type: VIEW }]) { accepted } }"}'),
    ])
  const send = async (body: string | Buffer, path = '') => {
    const headers = { 'content-type': 'application/json' }
    const url = path === '' ? open.url : open.url.replace('/graphql', path)
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) })
    return { status: response.status, body: (await response.json()) as Answer }
  }

  test('in Latin-1 is refused, and not taken with other ids', async () => {
    const { status, body } = await send(record(Buffer.from('Zo\xeb', 'latin1')))
    expect([status, body.errors[0]!.extensions]).toEqual([
      400,
      {
        code: 'BAD_USER_INPUT',
        retriable: false,
        issues: [{ path: 'body', message: 'expected UTF-8, got other bytes' }],
      },
    ])
    const events = Buffer.from('{"events":[{"userId":"Zo\xeb","itemId":"tent","type":"VIEW"}]}', 'latin1')
    const rest = await send(events, '/v1/events')
    expect([rest.status, rest.body.issues]).toEqual([400, body.errors[0]!.extensions.issues])
  })

  test('in UTF-8 is taken, with or without a byte order mark', async () => {
    expect(await send(record(Buffer.from('Zoë')))).toEqual({
      status: 200,
      body: { data: { recordEvents: { accepted: 1 } } },
    })
    expect((await send('\ufeff{"query":"{ __typename }"}')).status).toBe(200)
  })

  test.each(['{"query":"{ __typename }","__proto__":{}}', '{"query":"{ __typename }","constructor":{"prototype":{}}}'])(
    '%s is refused by name',
    async (text) => {
      const { status, body } = await send(text)
      expect([status, body.errors[0]!.message]).toEqual([
        400,
        'body: expected JSON without keys __proto__ and constructor.prototype',
      ])
    },
  )

  test.each([
    ['fields', '{ q '.repeat(2_000)],
    ['lists', `{ items(ids: ${'['.repeat(4_900)}`],
  ])('with a document of %s that nest too deep is refused, and logs no error', async (_, query) => {
    const { status, body } = await send(JSON.stringify({ query }))
    expect([status, body.errors[0]!.extensions.code]).toEqual([400, 'GRAPHQL_PARSE_FAILED'])
    expect(errors).toEqual([])
  })

  test('with an id that nests past the stack is refused', async () => {
    const query = 'query ($ids: ID!) { item(id: $ids) { id } }'
    const { status, body } = await send(
      `{"query":"${query}","variables":{"ids":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    )
    expect([status, body.errors[0]!.extensions.issues?.[0]?.message]).toEqual([
      400,
      expect.stringContaining('ID cannot represent value: […]'),
    ])
  })

  test.each([
    ['of another version', { version: 2, sha256Hash: 'a'.repeat(64) }, 'persisted query version'],
    ['that is not the hash of the text', { version: 1, sha256Hash: 'a'.repeat(64) }, 'sha'],
  ])('with a persisted query %s is refused by name, and logs no error', async (_, persistedQuery, words) => {
    const { status, body } = await send(JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery } }))
    expect([status, body.errors[0]!.extensions.code]).toEqual([400, 'BAD_REQUEST'])
    expect(body.errors[0]!.message).toContain(words)
    expect(errors).toEqual([])
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

/** Of GraphQL, or problem details of REST. */
interface Answer {
  readonly data?: unknown
  readonly errors: readonly Refusal[]
  readonly issues?: readonly Issue[]
}

interface Issue {
  readonly path: string
  readonly message: string
}

interface Refusal {
  readonly message: string
  readonly extensions: { readonly code: string; readonly retriable: boolean; readonly issues?: readonly Issue[] }
}
