import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import type { RankingService } from '../ranking/ranking-service.ts'

const secret = 'a secret of at least thirty-two characters'
const shopper = async (sub: string) => {
  const token = await new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
  return { authorization: `Bearer ${token}` }
}
const hash = (key: string) => createHash('sha256').update(key).digest('hex')
const service = { 'x-api-key': 'service-key' }
const access = {
  PICKSTREAM_ACCESS_JWT_SECRET: secret,
  PICKSTREAM_ACCESS_API_KEYS: `svc:service:${hash('service-key')},op:operator:${hash('operator-key')}`,
}
const aliases = (count: number, fieldOf: (n: number) => string) =>
  `{ ${Array.from({ length: count }, (_, n) => `a${n}: ${fieldOf(n)}`).join(' ')} }`

describe('what an operation costs', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness()
    await harness.putItems({ id: 'tent' })
  })
  afterAll(() => harness.close())

  const words = Array.from({ length: 16 }, (_, n) => `campin${n}`).join(' ')
  const ids = `[${'"tent" '.repeat(1_000)}]`
  const refused = [
    ['59 long searches', aliases(59, () => `catalog(search: "${words}", first: 1) { totalCount }`)],
    [
      '40 lists for a session',
      aliases(40, () => 'sessionRecommendations(events: [{ itemId: "tent" }], first: 100) { id }'),
    ],
    ['1,000 items with what is similar', `{ items(ids: ${ids}) { similar(first: 1) { rank } } }`],
    ['1,000 items with what is bought with them', `{ items(ids: ${ids}) { boughtTogether(first: 1) { rank } } }`],
    ['60 lists that are similar', aliases(60, () => 'similarItems(itemId: "tent", first: 50) { rank }')],
    ['50 varied lists', aliases(50, () => 'recommendations(userId: "u", first: 100, diversity: 0.5) { id }')],
  ] as const
  test.each(refused)('%s cost too much', async (_name, query) => {
    const { errors } = await harness.ask(query)
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(errors?.[0]?.message).toMatch(/at most 5000 rows, got one of \d+|Aliases limit/)
  })

  test('the same by variables, whatever came before under the same document', async () => {
    const query = `query ($search: String, $exclude: [ID!], $diversity: Float) { ${aliases(40, () => 'catalog(search: $search, first: 1) { totalCount }').slice(1, -1)} ${Array.from({ length: 10 }, (_, n) => `r${n}: recommendations(userId: "u", first: 1, exclude: $exclude, diversity: $diversity) { id }`).join(' ')} }`
    expect((await harness.ask(query, { search: 'tent' })).errors).toBeUndefined()
    expect((await harness.ask(query, { search: words })).errors?.[0]?.message).toContain('rows')
    expect(
      (await harness.ask(query, { search: 'tent', exclude: Array.from({ length: 1_000 }, (_, n) => `e${n}`) })).errors,
    ).toBeUndefined()
    expect(
      (await harness.ask(query, { search: 'tent boots boots boots', exclude: ['a'] })).errors?.[0]?.message,
    ).toContain('rows')
  })

  test('pages as shops make them pass', async () => {
    const pick =
      'rank score item { id title description price imageUrl categories tags available } reason { __typename ... on PopularNow { window } }'
    for (const query of [
      aliases(20, (n) => `recommendations(userId: "u${n}", first: 100) { id revision picks { ${pick} } }`),
      aliases(20, () => `similarItems(itemId: "tent", first: 20) { ${pick} }`),
      `{ items(ids: [${'"tent" '.repeat(40)}]) { id title similar(first: 10) { ${pick} } } }`,
      aliases(
        10,
        () => 'catalog(search: "camping tent for two", first: 20) { totalCount edges { node { id title } } }',
      ),
    ]) {
      expect((await harness.ask(query)).errors).toBeUndefined()
    }
  })

  test('a search of more than 16 words is refused', async () => {
    const { errors } = await harness.ask('query ($s: String) { catalog(search: $s) { totalCount } }', {
      s: 'a '.repeat(17),
    })
    expect(errors?.[0]?.message).toBe('search: expected at most 16 words, got 17')
  })
})

describe('what a client is charged, in requests', () => {
  let harness: Harness
  let now = 1_000_000
  let ada: Record<string, string>
  /** A full bucket has 100 requests. */
  const rate = 10
  beforeAll(async () => {
    const clock = { now: () => now, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) }
    harness = await startHarness({ clock, env: { ...access, PICKSTREAM_LIMIT_RATE: `${rate}` } })
    await harness.putItems({ id: 'tent' })
    ada = await shopper('ada')
  })
  beforeEach(() => {
    now += 1_000_000
  })
  afterAll(() => harness.close())

  /** How many requests are left: what remains after `use` until one is refused. */
  const leftAfter = async (use: () => Promise<unknown>, headers: Record<string, string>) => {
    await use()
    let passed = 0
    while ((await harness.post({ query: '{ __typename }' }, headers)).status !== 429) passed++
    return passed
  }

  test('one request is one request', async () => {
    const query = '{ item(id: "tent") { id } }'
    expect(await leftAfter(() => harness.ask(query, {}, ada), ada)).toBe(99)
  })

  test('events are charged by their number', async () => {
    const record = (count: number) => () =>
      harness.ask(
        'mutation ($e: [EventInput!]!) { recordEvents(events: $e) { accepted } }',
        { e: Array.from({ length: count }, () => ({ userId: 'ada', itemId: 'tent', type: 'VIEW' })) },
        ada,
      )
    expect(await leftAfter(record(5), ada)).toBe(99)
    now += 1_000_000
    expect(await leftAfter(record(500), ada)).toBe(100 - 1 - 50)
  })

  test('rankings are charged', async () => {
    const query = aliases(20, () => 'similarItems(itemId: "tent", first: 10) { rank }')
    const left = await leftAfter(() => harness.ask(query, {}, ada), ada)
    expect(left).toBe(100 - 1 - Math.floor((20 * (1 + 10 + 40)) / 50) - Math.floor(query.length / 1_000))
  })

  test('an operation that is refused for its cost is charged, each time', async () => {
    const query = aliases(40, () => 'sessionRecommendations(events: $e, first: 100) { picks { rank } }')
    const events = Array.from({ length: 200 }, () => ({ itemId: 'tent', type: 'VIEW' }))
    const refused = async () => {
      const body = { query: `query ($e: [SessionEventInput!]!) ${query}`, variables: { e: events } }
      const { errors } = await harness.ask(body.query, body.variables, ada)
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    }
    const length = Math.floor(`query ($e: [SessionEventInput!]!) ${query}`.length / 1_000)
    expect(await leftAfter(refused, ada)).toBe(100 - 1 - length - 10)
    now += 1_000_000
    expect(await leftAfter(refused, ada)).toBe(100 - 1 - length - 10)
  })

  test('work passes while four fifths of the burst are left, and may leave a debt', async () => {
    const query = 'mutation ($e: [EventInput!]!) { recordEvents(events: $e) { accepted } }'
    const e = Array.from({ length: 1_000 }, () => ({ userId: 'ada', itemId: 'tent', type: 'VIEW' }))
    const record = () => harness.post({ query, variables: { e } }, ada)
    expect((await record()).status).toBe(200)
    // 1 + 100 of 100 requests are used.
    now += 100
    const refused = await harness.post({ query: '{ __typename }' }, ada)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    now += 1_000
    expect((await harness.post({ query: '{ __typename }' }, ada)).status).toBe(200)
    // Neither kept nor new documents have a way around it.
    for (const text of [query, query.replace('$e: ', '$e : ')]) {
      const again = await harness.post({ query: text, variables: { e } }, ada)
      expect([again.status, again.headers.get('retry-after')]).toEqual([429, '8'])
      const { errors } = (await again.json()) as { errors: { extensions: object }[] }
      expect(errors[0]!.extensions).toMatchObject({ code: 'RATE_LIMITED', retriable: true })
    }
  })

  test('a document that is not kept is charged by its length', async () => {
    const invalid = `{ nothing } # ${'x'.repeat(20_000)}`
    expect(await leftAfter(() => harness.ask(invalid, {}, ada), ada)).toBe(100 - 1 - 20)
    now += 1_000_000
    const kept = `{ item(id: "tent") { id } } # ${'x'.repeat(10_000)}`
    expect(await leftAfter(() => harness.ask(kept, {}, ada), ada)).toBe(100 - 1 - 10)
    now += 1_000_000
    expect(await leftAfter(() => harness.ask(kept, {}, ada), ada)).toBe(99)
  })

  test('without credentials no document is read, whatever its length', async () => {
    const long = `{ __typename } # ${'x'.repeat(20_000)}`
    expect((await harness.post({ query: long })).status).toBe(401)
    now += 1_000_000
    expect(await leftAfter(() => harness.post({ query: long }), {})).toBe(99)
  })

  test('services are not charged where they have no limit', async () => {
    const query = aliases(20, () => 'similarItems(itemId: "tent", first: 10) { rank }')
    for (let n = 0; n < 15; n++) expect((await harness.ask(query, {}, service)).errors).toBeUndefined()
  })
})

describe('work in flight', () => {
  let harness: Harness
  const rankings: (() => void)[] = []
  const order: string[] = []
  let holding = false
  beforeAll(async () => {
    const wrapRanking = (ranking: RankingService): RankingService => ({
      ...ranking,
      get isReady() {
        return ranking.isReady
      },
      async session(request) {
        order.push(...request.trail.map(({ itemId }) => itemId))
        if (holding) await new Promise<void>((resolve) => rankings.push(resolve))
        return ranking.session(request)
      },
    })
    harness = await startHarness({ wrapRanking, env: { ...access, PICKSTREAM_LIMIT_RATE: '0' } })
    await harness.putItems({ id: 'tent' })
  })
  afterAll(() => harness.close())

  const session = (itemId: string) =>
    `sessionRecommendations(events: [{ itemId: "${itemId}" }], first: 10) { picks { rank } }`

  const queued = async () => {
    const metrics = await fetch(new URL('/metrics', harness.url), { headers: { 'x-api-key': 'operator-key' } })
    return Number(/^pickstream_queued_tasks\{kind="rankings"\} (\d+)$/m.exec(await metrics.text())?.[1])
  }

  test('a client whose rankings wait does not hold up another; beyond 200 it is refused', async () => {
    holding = true
    const eve = await shopper('eve')
    const greedy = Array.from({ length: 5 }, () =>
      harness.ask(
        aliases(50, () => session('tent')),
        {},
        eve,
      ),
    )
    const answers = Promise.all(greedy)
    await expect.poll(queued).toBe(200)
    const other = harness.ask(`{ ${session('boots')} }`, {}, await shopper('ada'))
    await expect.poll(queued).toBe(201)
    holding = false
    for (const release of rankings.splice(0)) release()
    expect((await other).errors).toBeUndefined()
    // Two ran; when they end, the client that came first has one turn, then the other.
    expect(order.indexOf('boots')).toBe(3)
    const errors = (await answers).flatMap((answer) => answer.errors ?? [])
    expect(errors).toHaveLength(1)
    expect(errors[0]!.message).toBe('expected at most 200 rankings of one client at once')
    expect(errors[0]!.extensions).toMatchObject({ code: 'RATE_LIMITED', retriable: true })
    expect(await queued()).toBe(0)
  })

  test('a shopper has at most 20 lists that wait for a token', async () => {
    const eve = await shopper('eve')
    const { data } = await harness.ask(
      'mutation { recordEvents(events: [{ userId: "eve", itemId: "tent", type: VIEW }]) { token } }',
      {},
      eve,
    )
    const waiting = `recommendations(userId: "eve", first: 1, after: "${data.recordEvents.token}", timeoutMs: 3000) { id }`
    const lists = await Promise.all(Array.from({ length: 30 }, () => harness.ask(`{ ${waiting} }`, {}, eve)))
    const codes = lists.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code))
    expect(codes.filter((code) => code === 'PICKS_NOT_FRESH')).toHaveLength(20)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(10)
  })
})
