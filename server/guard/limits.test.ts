import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

const key = 'service-key'
const keyHash = createHash('sha256').update(key).digest('hex')

describe('what one request may ask for', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness({
      env: { PICKSTREAM_LIMIT_BODY_KB: '64', PICKSTREAM_CORS_ORIGINS: 'https://shop.example' },
    })
  })
  afterAll(() => harness.close())

  test('a page of an allowed origin may resume an event stream by fetch', async () => {
    const headers = {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,last-event-id',
    }
    const preflight = await fetch(`${harness.url}/stream`, { method: 'OPTIONS', headers })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('last-event-id')
  })

  const lists = (count: number, first: number) =>
    `{ ${Array.from({ length: count }, (_, n) => `l${n}: recommendations(userId: "u${n}", first: ${first}) { picks { item { id } } }`).join(' ')} }`

  test('20 lists of 100 picks pass', async () => {
    expect((await harness.ask(lists(20, 100))).errors).toBeUndefined()
  })

  test('10,000 picks do not, neither written down nor by variables, nor by lists within lists', async () => {
    const byVariable = `query ($n: Int!) { ${Array.from({ length: 50 }, (_, n) => `l${n}: trending(first: $n) { rank }`).join(' ')} }`
    const nested = '{ trending(first: 100) { item { similar(first: 100) { rank } } } }'
    for (const answer of [
      await harness.ask(lists(55, 100)),
      await harness.ask(byVariable, { n: 100 }),
      await harness.ask(nested),
    ]) {
      expect(answer.errors?.[0]?.message).toContain('at most 5000 rows')
      expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    }
    expect((await harness.ask(byVariable, { n: 2 })).errors).toBeUndefined()
  })

  test('the cost is known by the values of the variables, not by the first that came', async () => {
    const query = 'query ($n: Int!) { trending(first: $n) { item { similar(first: 80) { rank } } } }'
    expect((await harness.ask(query, { n: 1 })).errors).toBeUndefined()
    expect((await harness.ask(query, { n: 100 })).errors?.[0]?.message).toContain('rows')
  })

  test.each([
    [
      'depth',
      `{ item(id: "a") { ${'similar(first: 1) { item { '.repeat(8)} id ${'} }'.repeat(8)} } }`,
      'depth limit of 12',
    ],
    [
      'aliases',
      `{ ${Array.from({ length: 61 }, (_, n) => `a${n}: item(id: "a") { id }`).join(' ')} }`,
      'Aliases limit of 60',
    ],
    ['directives', `{ ${'a: __typename @include(if: true) '.repeat(61)} }`, 'Directives limit of 60'],
    ['tokens', `{ ${'__typename '.repeat(5_001)} }`, 'tokens'],
  ])('%s', async (_name, query, words) => {
    const response = await harness.post({ query })
    expect(response.status).toBe(400)
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { retriable: boolean } }[] }
    expect(errors[0]!.message).toContain(words)
    expect(errors[0]!.extensions.retriable).toBe(false)
  })

  test('a body that is too long, no JSON, or no body', async () => {
    const long = await harness.post({ query: `{ __typename } # ${'x'.repeat(70_000)}` })
    expect(long.status).toBe(413)
    expect(await long.clone().text()).toMatch(/at most \d+ kB .*send fewer events or items at a time/)
    const broken = await fetch(harness.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(broken.status).toBe(400)
    const empty = await fetch(harness.url, { method: 'POST', headers: { 'content-type': 'application/json' } })
    expect(empty.status).toBe(400)
    for (const response of [long, broken]) {
      const { errors } = (await response.json()) as { errors: { extensions: object }[] }
      expect(errors[0]!.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        issues: [{ path: 'body' }],
        retriable: false,
      })
    }
  })

  test('several operations in one body are not run', async () => {
    expect((await harness.post([{ query: '{ __typename }' }, { query: '{ __typename }' }])).status).toBe(400)
  })

  test('a page of another site cannot make a browser send it: CSRF prevention', async () => {
    const simple = await fetch(harness.url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"query":"{ __typename }"}',
    })
    expect(simple.status).toBeGreaterThanOrEqual(400)
    const get = await fetch(`${harness.url}?query=${encodeURIComponent('{ __typename }')}`)
    expect(get.status).toBe(400)
  })

  test('other origins are told what the list of origins says', async () => {
    const preflight = (origin: string) =>
      fetch(harness.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    expect((await preflight('https://shop.example')).headers.get('access-control-allow-origin')).toBe(
      'https://shop.example',
    )
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  })

  test('headers of helmet are there', async () => {
    const response = await harness.post({ query: '{ __typename }' })
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('strict-transport-security')).toContain('max-age')
  })

  test('automatic persisted queries: first the hash, then the text, then the hash alone', async () => {
    const query = '{ catalog { totalCount } }'
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } }
    const unknown = (await (await harness.post({ extensions })).json()) as {
      errors: { extensions: { code: string } }[]
    }
    expect(unknown.errors[0]!.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND')
    await harness.post({ query, extensions })
    expect(await (await harness.post({ extensions })).json()).toEqual({ data: { catalog: { totalCount: 0 } } })
  })

  test('a socket of a page of another site is not opened', async () => {
    const open = (origin: string | undefined) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws', { origin })
        socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0))
        socket.on('open', () => {
          socket.close()
          resolve(101)
        })
        socket.on('error', () => {})
      })
    expect(await open('https://evil.example')).toBe(403)
    expect(await open('https://shop.example')).toBe(101)
    expect(await open(new URL(harness.url).origin)).toBe(101)
    expect(await open(undefined)).toBe(101)
  })
})

describe('how much one client may ask for', () => {
  let harness: Harness
  let now = 0
  beforeAll(async () => {
    harness = await startHarness({
      clock: { now: () => now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
      env: {
        PICKSTREAM_ACCESS_API_KEYS: `a:service:${keyHash}`,
        PICKSTREAM_LIMIT_RATE: '2',
        PICKSTREAM_LIMIT_SOCKETS_PER_CLIENT: '3',
        PICKSTREAM_LIMIT_SUBSCRIPTIONS_PER_SOCKET: '2',
        PICKSTREAM_LIMIT_INIT_MS: '200',
        PICKSTREAM_LIMIT_SOCKET_IDLE_MS: '500',
        PICKSTREAM_KEEP_ALIVE_MS: '100',
      },
    })
  })
  afterAll(() => harness.close())

  test('a token bucket for strangers, with Retry-After; services have another', async () => {
    const statuses = []
    for (let n = 0; n < 22; n++) statuses.push((await harness.post({ query: '{ __typename }' })).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    const refused = await harness.post({ query: '{ __typename }' })
    expect(refused.headers.get('retry-after')).toBe('1')
    const { errors } = (await refused.json()) as { errors: { extensions: object }[] }
    expect(errors[0]!.extensions).toMatchObject({ code: 'RATE_LIMITED', retriable: true })
    expect((await harness.post({ query: '{ __typename }' }, { 'x-api-key': key })).status).toBe(200)
    now += 1_000
    expect((await harness.post({ query: '{ __typename }' })).status).not.toBe(429)
  })

  test('guessing tokens is limited as well', async () => {
    now += 100_000
    const statuses = new Set<number>()
    for (let n = 0; n < 25; n++) {
      statuses.add((await harness.post({ query: '{ __typename }' }, { 'x-api-key': `guess ${n}` })).status)
    }
    expect([...statuses]).toEqual([401, 429])
    now += 100_000
  })

  test('subscriptions of one socket', async () => {
    const { createClient } = await import('graphql-ws')
    const { watchWith } = await import('../../test/support/server-harness.ts')
    const client = createClient({
      url: harness.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { apiKey: key },
      lazy: false,
      retryAttempts: 0,
    })
    const watch = () => watchWith(client, 'subscription { trendingUpdated { rank } }')
    const watchers = [watch(), watch(), watch()]
    const { errors } = await watchers[2]!.message(0)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', operationsMax: 2 })
    expect((await watchers[0]!.message(0)).errors).toBeUndefined()
    await client.dispose()
  })

  test('sockets of one address, one without connection_init, and one that is of no use', async () => {
    const sockets: WebSocket[] = []
    const open = () =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
        sockets.push(socket)
        socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0))
        socket.on('open', () => resolve(101))
        socket.on('error', () => {})
      })
    const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve))
    expect([await open(), await open(), await open()]).toEqual([101, 101, 101])
    expect(await open()).toBe(429)
    sockets[0]!.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: key } }))
    expect(await Promise.all(sockets.slice(1, 3).map(closed))).toEqual([4408, 4408])
    now += 10_000
    expect(await closed(sockets[0]!)).toBe(1001)
  })

  test('a message of more than 64 KiB ends the socket', async () => {
    const socket = new WebSocket(harness.url.replace('http', 'ws'), 'graphql-transport-ws')
    await new Promise((resolve) => socket.on('open', resolve))
    socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: key, more: 'x'.repeat(70_000) } }))
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1009)
  })
})

describe('with a list of operations', () => {
  const listed = '{ catalog { totalCount } }'
  const watched = 'subscription { trendingUpdated { rank } }'
  let harness: Harness
  beforeAll(async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'pickstream-operations-')), 'operations.json')
    writeFileSync(file, JSON.stringify([listed, watched]))
    harness = await startHarness({ env: { PICKSTREAM_OPERATIONS: 'listed', PICKSTREAM_OPERATIONS_FILE: file } })
  })
  afterAll(() => harness.close())

  test('these are run, by text or by hash, and no others', async () => {
    expect((await harness.ask(listed)).data).toEqual({ catalog: { totalCount: 0 } })
    const sha256Hash = createHash('sha256').update(listed).digest('hex')
    const byHash = await harness.post({ extensions: { persistedQuery: { version: 1, sha256Hash } } })
    expect(await byHash.json()).toEqual({ data: { catalog: { totalCount: 0 } } })
    const other = await harness.post({ query: '{ catalog { totalCount edges { cursor } } }' })
    expect(other.status).toBe(403)
  })

  test('subscriptions likewise', async () => {
    expect((await harness.watch(watched).message(0)).errors).toBeUndefined()
    const { errors } = await harness.watch('subscription { trendingUpdated { score } }').message(0)
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})
