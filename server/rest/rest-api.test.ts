import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RestClient } from '../../test/support/rest-client.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import { startWholeSystem } from '../../test/support/whole-system.ts'
import { routes } from './routes.ts'

const secret = 'a secret of at least 32 characters'

let harness: Harness
let guarded: Harness
let rest: RestClient
let asShopper: RestClient
beforeAll(async () => {
  harness = await startWholeSystem({ env: { PICKSTREAM_LIMIT_BODY_KB: '64' } })
  guarded = await startHarness({ env: { PICKSTREAM_ACCESS_JWT_SECRET: secret, PICKSTREAM_LIMIT_RATE: '5' } })
  rest = await RestClient.connect(harness.url)
  asShopper = await RestClient.connect(guarded.url)
})
afterAll(() => Promise.all([harness?.close(), guarded?.close()]))

const tokenOf = (userId: string) =>
  new SignJWT({ sub: userId, role: 'shopper' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

const items = [
  { id: 'tent', title: 'Tent', categories: ['Camping'], price: 129, tags: ['sale'] },
  { id: 'mat', title: 'Mat', categories: ['Camping'], price: 39 },
  { id: 'stove', title: 'Stove', categories: ['Kitchen'], price: 49, publishedAt: '2026-01-01T00:00:00Z' },
  { id: 'mug/1 ü', title: 'Mug', categories: ['Kitchen'] },
]
const idsOf = (picks: readonly { item: { id: string } }[]) => picks.map(({ item }) => item.id)

test.each([
  ['/v1/items/%E0%A4%A', 'application/problem+json; charset=utf-8', { code: 'BAD_USER_INPUT', status: 400 }],
  ['/%E0%A4%A', 'application/json', { errors: [{ extensions: { code: 'BAD_USER_INPUT', retriable: false } }] }],
])('a path that cannot be decoded is refused in the form of its API: %s', async (path, type, expected) => {
  const response = await fetch(harness.url.replace('/graphql', path))
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toContain(type)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await response.json()).toMatchObject(expected)
})

describe('the routes, each answer as the document describes it', () => {
  let token: string

  test('items are put and read', async () => {
    expect((await rest.call('PUT', '/v1/items', { body: { items } })).body.accepted).toBe(4)
    for (let status = 404; status !== 200; )
      status = (await rest.call('GET', `/v1/items/${encodeURIComponent('mug/1 ü')}`)).status
    const { body } = await rest.call('GET', '/v1/items', { query: { ids: ['mat', 'nothing'] } })
    expect(body.items).toEqual([expect.objectContaining({ id: 'mat', price: 39 }), null])
    const found = await rest.call('GET', '/v1/catalog', {
      query: { search: 'tent', first: '2', categories: 'Camping' },
    })
    expect(found.body).toMatchObject({ totalCount: 1, edges: [{ node: { id: 'tent' } }] })
  })

  test('events are recorded, and the list that is asked for with their token has seen them', async () => {
    const events = [
      { eventId: 'e-1', userId: 'ada', itemId: 'tent', type: 'VIEW' },
      { eventId: 'e-2', userId: 'ada', itemId: 'mat', type: 'PURCHASE' },
    ]
    const recorded = await rest.call('POST', '/v1/events', { body: { events } })
    expect(recorded.body.accepted).toBe(2)
    token = recorded.body.token
    const path = '/v1/users/ada/recommendations'
    const { body, headers } = await rest.call('GET', path, { query: { after: token, first: '3', timeoutMs: '20000' } })
    expect(body).toMatchObject({ userId: 'ada', causedByEventId: 'e-2', personalized: true })
    expect(idsOf(body.picks)).not.toContain('mat')
    expect(body.picks[0].reason.type).toBe('BecauseOfItem')
    expect(headers.get('cache-control')).toBe('no-store')
    const seen = { recommendationId: body.id, itemIds: idsOf(body.picks) }
    expect((await rest.call('POST', '/v1/users/ada/impressions', { body: seen })).body.accepted).toBe(body.picks.length)
    const filtered = await rest.call('GET', path, { query: { categories: ['Camping'], maxPrice: '130' } })
    expect(idsOf(filtered.body.picks)).toEqual(['tent'])
    const posted = await rest.call('POST', path, { body: { filter: { tags: ['sale'] }, exclude: ['tent'] } })
    expect(posted.body.picks).toEqual([])
  })

  test('lists without a user', async () => {
    const session = { events: [{ itemId: 'tent' }, { itemId: 'mat', type: 'CART' }], first: 2 }
    expect((await rest.call('POST', '/v1/session-recommendations', { body: session })).body.userId).toBeNull()
    for (const [path, query] of [
      ['/v1/items/tent/similar', { first: '2' }],
      ['/v1/together', { itemIds: ['tent', 'mat'] }],
      ['/v1/trending', { window: 'WEEK', exclude: ['tent'] }],
    ] as const) {
      const byGet = await rest.call('GET', path, { query })
      expect(byGet.body.picks.length).toBeGreaterThan(0)
      const body = { ...query, ...('first' in query && { first: 2 }) }
      expect(idsOf((await rest.call('POST', path, { body })).body.picks)).toEqual(idsOf(byGet.body.picks))
    }
  })

  test('conditions of a filter that no value can fulfill together leave no item; a range that ends before it begins is refused', async () => {
    const post = (condition: object) =>
      rest.call('POST', '/v1/trending', { body: { filter: { attributes: [{ name: 'weight', ...condition }] } } })
    expect((await post({ in: ['1'], gte: 1 })).body.picks).toEqual([])
    const refused = await post({ gte: 2, lte: 1 })
    expect(refused.body.issues).toEqual([
      { path: 'filter.attributes[0].gte', message: 'expected at most lte (1), got 2' },
    ])
  })

  test('given items are ranked, and start pages have rows', async () => {
    const { body } = await rest.call('POST', '/v1/users/ada/rank', { body: { itemIds: ['stove', 'nothing', 'tent'] } })
    expect(idsOf(body.picks).sort()).toEqual(['stove', 'tent'])
    const more = Array.from({ length: 8 }, (_, n) => ({
      id: `item-${n}`,
      title: `Item ${n}`,
      publishedAt: `2026-01-0${n + 1}T00:00:00Z`,
    }))
    await rest.call('PUT', '/v1/items', { body: { items: more } })
    const path = '/v1/users/nobody/home'
    let home = await rest.call('GET', path, { query: { rows: '2', first: '4' } })
    while (home.body.rows.length === 0) home = await rest.call('GET', path, { query: { rows: '2', first: '4' } })
    expect(home.body.rows[0].picks).toHaveLength(4)
    const posted = await rest.call('POST', path, { body: { filter: { categories: ['Nothing'] } } })
    expect(posted.body.rows).toEqual([])
  })

  test('undoing, identifying, erasing, and taking items out', async () => {
    expect((await rest.call('POST', '/v1/users/ada/events/undo', { body: { eventIds: ['e-1'] } })).body.accepted).toBe(
      1,
    )
    await rest.call('POST', '/v1/users/ada/identify', { body: { guestId: 'guest-1' } })
    const erased = await rest.call('DELETE', '/v1/users/ada')
    const query = { after: erased.body.token, timeoutMs: '20000' }
    expect((await rest.call('GET', '/v1/users/ada/recommendations', { query })).body.personalized).toBe(false)
    expect((await rest.call('DELETE', '/v1/items/stove')).body.accepted).toBe(1)
    expect((await rest.call('POST', '/v1/items/remove', { body: { ids: ['tent', 'mat'] } })).body.accepted).toBe(2)
  })

  test('every route of the table has answered', () => {
    expect([...rest.answered].sort()).toEqual(routes.map(({ name }) => name).sort())
  })
})

describe('problem details', () => {
  test.each([
    ['GET', '/v1/items', {}, 'ids', 'expected [ID!]!, got nothing'],
    ['GET', '/v1/trending', { query: { first: 'many' } }, 'first', 'expected an integer, got "many"'],
    ['GET', '/v1/trending', { query: { first: '2.5' } }, 'first', 'expected an integer'],
    ['GET', '/v1/trending', { query: { first: ['1', '2'] } }, 'first', 'expected one value, got 2'],
    ['GET', '/v1/trending', { query: { first: '101' } }, 'first', 'expected 1..100, got 101'],
    ['GET', '/v1/trending', { query: { window: 'YEAR' } }, 'window', 'YEAR'],
    ['GET', '/v1/trending', { query: { minPrice: '1e999' } }, 'minPrice', 'Infinity'],
    ['GET', '/v1/trending', { query: { frist: '2' } }, 'frist', 'expected one of first, categories'],
    [
      'GET',
      '/v1/users/ada/recommendations',
      { query: { includeSeen: 'yes' } },
      'includeSeen',
      'expected true or false',
    ],
    ['POST', '/v1/events', { body: [] }, 'body', 'expected a JSON object, got []'],
    ['POST', '/v1/events', { body: { evnts: [] } }, 'evnts', 'expected one of events, priority, got "evnts"'],
    ['POST', '/v1/events', { body: { events: [{ userId: 'a', itemId: 'b', type: 'BUY' }] } }, 'events[0].type', 'BUY'],
    [
      'POST',
      '/v1/events',
      {
        body: {
          events: [
            { userId: 'a', itemId: 'b', type: 'VIEW' },
            { userId: 'a', itemId: 'b', type: 'RATING', value: 11 },
          ],
        },
      },
      'events[1].value',
      'expected 0..5',
    ],
  ])('%s %s %j names %s', async (method, path, call, at, rule) => {
    const { status, body, headers } = await rest.call(method, path, call)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect([status, body.status, body.title]).toEqual([400, 400, 'Bad Request'])
    expect(body).toMatchObject({ type: 'about:blank', code: 'BAD_USER_INPUT', retriable: false })
    expect(body.issues[0].path).toBe(at)
    expect(body.issues[0].message).toContain(rule)
    expect(body.detail).toContain(rule)
  })

  test('a refused batch records nothing', async () => {
    const events = [
      { eventId: 'x', userId: 'nil', itemId: 'a', type: 'VIEW' },
      { userId: '', itemId: 'a', type: 'VIEW' },
    ]
    await rest.call('POST', '/v1/events', { body: { events } })
    const { body } = await rest.call('POST', '/v1/events', { body: { events: events.slice(0, 1) } })
    const query = { after: body.token, timeoutMs: '20000' }
    expect((await rest.call('GET', '/v1/users/nil/recommendations', { query })).body.revision).toBeTruthy()
  })

  test('what is not there is 404, other methods are 405 with those allowed', async () => {
    expect((await rest.call('GET', '/v1/items/nothing')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect((await rest.call('GET', '/v1/nothing')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    const { status, headers, body } = await rest.call('PATCH', '/v1/items/tent')
    expect([status, headers.get('allow'), body.code]).toEqual([405, 'HEAD, DELETE, GET', 'BAD_REQUEST'])
  })

  test('bodies have a bound and one type', async () => {
    const body = { events: [{ userId: 'a', itemId: 'x'.repeat(70_000), type: 'VIEW' }] }
    expect((await rest.call('POST', '/v1/events', { body })).body).toMatchObject({
      status: 413,
      code: 'BAD_USER_INPUT',
    })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await rest.call('POST', '/v1/events', { body: {}, headers: { 'content-type': type } })
      expect(answer.status).toBe(415)
      const message = `expected application/json, got "${type}"`
      expect(answer.body).toMatchObject({
        detail: `content-type: ${message}`,
        issues: [{ path: 'content-type', message }],
      })
    }
    const encoded = await rest.call('POST', '/v1/events', { body: {}, headers: { 'content-encoding': 'gzip' } })
    const rule = { path: 'content-encoding', message: 'expected none, got "gzip"' }
    expect(encoded).toMatchObject({ status: 415, body: { code: 'BAD_USER_INPUT', issues: [rule] } })
    const broken = await fetch(new URL('/v1/events', harness.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"events": [',
    })
    const message = expect.stringMatching(/^expected JSON, got other text: ./)
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'body', message }] })
  })

  test('an empty body is none, whatever the content type says', async () => {
    const headers = { 'content-type': 'application/json' }
    const call = (method: string, path: string) => fetch(new URL(path, harness.url), { method, headers, body: '' })
    expect((await call('DELETE', '/v1/items/unknown')).status).toBe(200)
    const answer = await call('POST', '/v1/events')
    expect([answer.status, ((await answer.json()) as { issues: { path: string }[] }).issues[0]!.path]).toEqual([
      400,
      'body',
    ])
    expect((await call('POST', '/graphql')).status).toBe(400)
  })

  test('a list that is not fresh in time is 409, retriable, with the list there is', async () => {
    const { token } = (
      await rest.call('POST', '/v1/events', { body: { events: [{ userId: 'b', itemId: 'a', type: 'VIEW' }] } })
    ).body
    const query = { after: token, timeoutMs: '0' }
    const late = await guardedLate(query)
    expect(late).toMatchObject({ status: 409, code: 'PICKS_NOT_FRESH', retriable: true })
    expect(late.recommendations.picks).toEqual([])
  })

  /** Asks a server without stages, where nothing is ever fresh. */
  async function guardedLate(query: Record<string, string>) {
    const noStages = await startHarness()
    const client = await RestClient.connect(noStages.url)
    const events = [{ userId: 'b', itemId: 'a', type: 'VIEW' }]
    const { token } = (await client.call('POST', '/v1/events', { body: { events } })).body
    const { body } = await client.call('GET', '/v1/users/b/recommendations', { query: { ...query, after: token } })
    await noStages.close()
    return body
  }
})

describe('access and limits are those of GraphQL', () => {
  test('no credentials are 401, the list of another is 403', async () => {
    const { status, headers, body } = await asShopper.call('GET', '/v1/users/ann/recommendations')
    expect([status, headers.get('www-authenticate'), body.code]).toEqual([
      401,
      'Bearer realm="pickstream"',
      'UNAUTHENTICATED',
    ])
    const authorization = `Bearer ${await tokenOf('ann')}`
    const call = { headers: { authorization } }
    expect((await asShopper.call('GET', '/v1/users/ann/recommendations', call)).status).toBe(200)
    expect((await asShopper.call('GET', '/v1/users/ben/recommendations', call)).body).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    })
    expect((await asShopper.call('PUT', '/v1/items', { ...call, body: { items: [] } })).status).toBe(403)
    expect((await asShopper.call('DELETE', '/v1/users/ben', call)).status).toBe(403)
  })

  test('too many requests are 429 with retry-after', async () => {
    const call = { headers: { authorization: `Bearer ${await tokenOf('hasty')}` } }
    let answer = await asShopper.call('GET', '/v1/trending', call)
    for (let n = 0; n < 100 && answer.status === 200; n++) answer = await asShopper.call('GET', '/v1/trending', call)
    expect(answer.body).toMatchObject({ status: 429, code: 'RATE_LIMITED', retriable: true })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('an operation beyond the cost limit is refused', async () => {
    const cheap = await startHarness({ env: { PICKSTREAM_LIMIT_COST: '50' } })
    const client = await RestClient.connect(cheap.url)
    const { body } = await client.call('GET', '/v1/trending', { query: { first: '100' } })
    expect(body).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
    expect(body.detail).toContain('costs at most 50 rows')
    await cheap.close()
  })
})
