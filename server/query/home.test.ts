import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { itemKey } from '../../engine/items/deltas.ts'
import { reduceRow } from '../../engine/items/row.ts'
import { recommendationIdKey } from '../../platform/recommendation-id-key.ts'
import { RecommendationIds } from '../../schema/recommendation-id.ts'
import { encodeSideRow } from '../../schema/records/item-side.ts'
import type { PickReason, RankedItem } from '../../schema/records/ranked-list.ts'
import { encodeUserState } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { aList } from '../../test/support/builders.ts'
import { anInteraction, EmbedHarness } from '../../test/support/interactions.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

const names = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`)
const day = (n: number) => new Date(Date.UTC(2026, 0, 1) - n * 86_400_000).toISOString()
const at = Date.parse('2026-05-01T12:00:00Z')

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems(
    ...['film', 'book', 'song'].flatMap((kind, k) =>
      names(kind, 20).map((id, n) => ({ id, categories: [kind], price: n, publishedAt: day(100 * k + n) })),
    ),
    ...names('undated', 5).map((id) => ({ id })),
    { id: 'gone', categories: ['film'], available: false },
  )
  for (const [n, id] of names('song', 20).entries()) await putTrend(id, 30 - n)
  await harness.publishList('ann', listOf('ann'))
  await storeState(
    'ann',
    ...names('book', 6).map((itemId) => ({ itemId, type: 'PURCHASE' as const })),
    { itemId: 'book-5', type: 'REFUND' },
    ...names('film', 7).map((itemId, n) => ({
      itemId,
      type: 'CONSUME' as const,
      portion: n === 6 ? 0.99 : 0.1 * (n + 1),
    })),
    { itemId: 'film-0', type: 'DISMISS' },
  )
})
afterAll(() => harness.close())

/** Events of one user, applied as the embed stage does. */
async function storeState(userId: string, ...events: Partial<Parameters<typeof anInteraction>[0]>[]): Promise<void> {
  const embed = new EmbedHarness()
  embed.feedAll(...events.map((event) => anInteraction({ ...event, userId })))
  const value = encodeUserState(embed.state(userId))
  await harness.store.put(tables.userStates, [{ partition: userId, value, writeTimestamp: BigInt(events.length) }])
}

async function putTrend(itemId: string, events: number): Promise<void> {
  const delta = { key: itemKey(itemId), timestamp: at, weight: 1, newUser: 1 as const, partners: [], inSession: 0 }
  const row = reduceRow(
    undefined,
    Array.from({ length: events }, () => delta),
  )
  await harness.log.append(topics.sideRows, [{ key: row.key, value: encodeSideRow({ row, sources: {} }) }])
}

const because = (itemId: string): PickReason => ({ kind: 'because', itemId, eventType: 'VIEW' })
const taste: PickReason = { kind: 'taste', categories: ['film'] }
const scored = (ids: readonly string[], reason: PickReason, from: number, step = 0.02): RankedItem[] =>
  ids.map((itemId, n) => ({ itemId, score: from - step * n, reason }))

const listOf = (_: string, offset = 0) =>
  aList({
    offset,
    unseen: [
      ...scored(names('film', 14).slice(7), taste, 2),
      ...scored(names('book', 12).slice(6), because('book-1'), 1),
      ...scored(names('film', 20).slice(14), taste, 0.5),
      ...scored(['gone'], taste, 0),
    ],
    seen: scored(names('book', 6), because('book-1'), 0.4),
  })

const operation = `query ($u: ID!, $rows: Int, $first: Int, $filter: ItemFilter) {
  home(userId: $u, rows: $rows, first: $first, filter: $filter) { id rows { id kind
    because { __typename ... on BecauseOfItem { item { id } eventType } ... on MatchesTaste { categories } }
    picks { rank score item { id categories price } reason { __typename ... on BecauseOfItem { eventType item { id } } } } } } }`
const ask = async (u: string, more: object = {}) => rowsOf(await harness.ask(operation, { u, ...more }))

interface Row {
  readonly id: string
  readonly kind: string
  readonly because: unknown
  readonly picks: {
    rank: number
    score: number
    item: { id: string; categories: string[]; price: number }
    reason: unknown
  }[]
}
function rowsOf({ data, errors }: Answer): Row[] {
  expect(errors).toBeUndefined()
  return data.home.rows
}
const idsOf = ({ picks }: Row) => picks.map(({ item }) => item.id)
const rowOf = (rows: readonly Row[], kind: string) => rows.find((row) => row.kind === kind)

describe('a start page', () => {
  test('has what was begun and the best of the list first, and a row of every kind', async () => {
    const rows = await ask('ann', { rows: 20, first: 5 })
    expect(rows.slice(0, 2).map(({ kind }) => kind)).toEqual(['CONTINUE', 'FOR_YOU'])
    expect(idsOf(rows[1]!)).toEqual(['film-7', 'film-8', 'film-9', 'film-10', 'film-11'])
    expect(rowOf(rows, 'BECAUSE_OF')).toMatchObject({
      because: { __typename: 'BecauseOfItem', item: { id: 'book-1' }, eventType: 'VIEW' },
    })
    expect(idsOf(rowOf(rows, 'BECAUSE_OF')!)).toEqual(['book-6', 'book-7', 'book-8', 'book-9', 'book-10'])
    expect(rowOf(rows, 'CATEGORY')!.because).toEqual({ __typename: 'MatchesTaste', categories: ['film'] })
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(['FOR_YOU', 'CONTINUE', 'BUY_AGAIN', 'BECAUSE_OF', 'CATEGORY', 'TRENDING', 'NEW']),
    )
  })

  test('continues what was begun, the latest first: neither finished nor rejected items', async () => {
    const row = rowOf(await ask('ann', { rows: 20 }), 'CONTINUE')!
    expect(idsOf(row)).toEqual(['film-5', 'film-4', 'film-3', 'film-2', 'film-1'])
    expect(row.because).toBeNull()
    expect(row.picks[0]!.reason).toEqual({ __typename: 'BecauseOfItem', eventType: 'CONSUME', item: { id: 'film-5' } })
  })

  test('offers again what was bought and kept, by the scores of the list', async () => {
    const row = rowOf(await ask('ann', { rows: 20 }), 'BUY_AGAIN')!
    expect(idsOf(row)).toEqual(['book-0', 'book-1', 'book-2', 'book-3', 'book-4'])
    expect(row.picks[0]!.reason).toMatchObject({ eventType: 'PURCHASE' })
  })

  test('has nothing the user has seen in the rows of what is popular or new', async () => {
    const rows = await ask('ann', { rows: 20, first: 100 })
    for (const { kind, picks } of rows) {
      if (kind === 'BUY_AGAIN' || kind === 'CONTINUE') continue
      for (const { item } of picks) expect(names('book', 6)).not.toContain(item.id)
    }
  })

  test('of a stranger is what trends and what is new', async () => {
    const rows = await ask('somebody new')
    expect(rows.map(({ kind }) => kind)).toEqual(['TRENDING', 'NEW'])
    expect(idsOf(rows[0]!)).toEqual(names('song', 12))
    expect(rows[0]!.picks[0]!.reason).toMatchObject({ __typename: 'PopularNow' })
    expect(idsOf(rows[1]!)).toEqual(names('film', 12))
  })

  test('is filled where few of the list may be shown, as any list is', async () => {
    const undated = { excludeCategories: ['film', 'book', 'song'] }
    const [row, ...others] = await ask('ann', { filter: undated })
    expect([row!.kind, idsOf(row!), others]).toEqual(['FOR_YOU', names('undated', 5), []])
    const [only, ...further] = await ask('somebody new', { filter: undated })
    expect([only!.kind, idsOf(only!), further]).toEqual(['TRENDING', names('undated', 5), []])
    expect(only!.picks[0]!.reason).toMatchObject({ __typename: 'NewArrival' })
    const songs = await ask('ann', { rows: 1, filter: { categories: ['song'] } })
    expect(songs.map((page) => [page.kind, idsOf(page)])).toEqual([['FOR_YOU', names('song', 12)]])
  })

  test('fills the row of a category with what is newest in it', async () => {
    const rows = await ask('ann', { rows: 20 })
    const books = rows.find(({ because }) => JSON.stringify(because).includes('"book"'))!
    expect([books.kind, idsOf(books)]).toEqual(['CATEGORY', names('book', 20).slice(16)])
  })

  test('leaves out a row of fewer than 4 items, whatever its kind', async () => {
    const few = await ask('ann', { rows: 20, filter: { categories: ['film', 'book'], maxPrice: 3 } })
    for (const { picks } of few) expect(picks.length).toBeGreaterThanOrEqual(4)
    expect(await ask('ann', { filter: { categories: ['nothing'] } })).toEqual([])
    expect(await ask('ann', { first: 3 })).toEqual([])
  })
})

/** What ann has seen or rejected, and what the row CONTINUE may have: in no other row. */
const elsewhere = new Set([...names('book', 6), ...names('film', 6)])

async function matching(filter: object): Promise<string[]> {
  const query = 'query ($filter: ItemFilter) { catalog(first: 100, filter: $filter) { edges { node { id } } } }'
  const { data } = await harness.ask(query, { filter })
  return data.catalog.edges.map(({ node }: { node: { id: string } }) => node.id)
}

test('no item is in two rows, every bound and filter holds, and the same page has the same ids', async () => {
  const filter = fc.record(
    {
      categories: fc.subarray(['film', 'book', 'song'], { minLength: 1 }),
      excludeCategories: fc.subarray(['film', 'book', 'song'], { minLength: 1 }),
      maxPrice: fc.integer({ min: 0, max: 20 }),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('ann', 'somebody new'),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 100 }),
      filter,
      async (user, rows, first, wanted) => {
        const page = await ask(user, { rows, first, filter: wanted })
        const ids = page.flatMap(idsOf)
        expect(new Set(ids).size).toBe(ids.length)
        expect(page.length).toBeLessThanOrEqual(rows)
        for (const { picks } of page) {
          expect(picks.length).toBeGreaterThanOrEqual(4)
          expect(picks.length).toBeLessThanOrEqual(first)
          expect(picks.map(({ rank }) => rank)).toEqual(picks.map((_, n) => n + 1))
          for (const { item } of picks) {
            if (wanted.categories)
              expect(wanted.categories).toEqual(expect.arrayContaining(item.categories.slice(0, 1)))
            if (wanted.maxPrice !== undefined) expect(item.price).toBeLessThanOrEqual(wanted.maxPrice)
          }
        }
        const shown = new Set(ids)
        const left = (await matching(wanted)).filter((id) => !shown.has(id) && !(user === 'ann' && elsewhere.has(id)))
        if (page.length === 0) expect(Math.min(first, left.length)).toBeLessThan(4)
        // What no row above it has, a row that may show anything has while it has a place.
        const main = rowOf(page, 'FOR_YOU')
        if (main && main.picks.length < first) expect(left).toEqual([])
        const again = await ask(user, { rows, first, filter: wanted })
        expect(again.map(({ id }) => id)).toEqual(page.map(({ id }) => id))
      },
    ),
    { numRuns: 60 },
  )
})

test('a row id can be verified, and stays while another row changes', async () => {
  const before = await ask('ann', { rows: 20, first: 5 })
  const ids = new RecommendationIds(await recommendationIdKey({}, harness.store))
  for (const { id } of before) expect(ids.verify(id, 'ann')).toMatchObject({ placement: 'home' })
  expect(ids.verify(before[0]!.id, 'eve')).toBeUndefined()
  await harness.publishList('ann', { ...listOf('ann', 50), seen: scored(names('book', 6).reverse(), taste, 0.4) })
  const after = await ask('ann', { rows: 20, first: 5 })
  const idOf = (rows: readonly Row[], kind: string) => rowOf(rows, kind)?.id
  expect(idOf(after, 'BUY_AGAIN')).not.toBe(idOf(before, 'BUY_AGAIN'))
  for (const kind of ['FOR_YOU', 'CONTINUE', 'BECAUSE_OF']) expect(idOf(after, kind)).toBe(idOf(before, kind))
})

describe('rules of the placement', () => {
  const putRules = async (source: string) => {
    const { data } = await harness.ask('mutation ($s: String!) { putRules(source: $s) { version } }', { s: source })
    const applied = async () => (await harness.ask('{ rules { version } }')).data.rules.version
    while ((await applied()) < data.putRules.version) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  afterEach(() => putRules(''))

  test('arrange every row; a pin stands in the main row, and nowhere else', async () => {
    await putRules(`placements:
  home:
    pins: [{ item: song-19, position: 2 }, { item: book-0, position: 1 }]
    boosts: [{ item: film-12, factor: 50 }]`)
    const rows = await ask('ann', { rows: 20, first: 100 })
    expect(idsOf(rowOf(rows, 'FOR_YOU')!).slice(0, 3)).toEqual(['film-12', 'song-19', 'film-7'])
    expect(rowOf(rows, 'FOR_YOU')!.picks[1]!.reason).toEqual({ __typename: 'ChosenByShop' })
    expect(rows.flatMap(idsOf).filter((id) => id === 'song-19')).toHaveLength(1)
    const [trending] = await ask('somebody new', { rows: 20 })
    expect(trending!.kind).toBe('TRENDING')
    expect(idsOf(trending!).slice(0, 2)).toEqual(['book-0', 'song-19'])
  })

  test('a filter holds in every row, and other placements have rules of their own', async () => {
    await putRules('placements: { home: { filters: [{ excludeCategories: [film] }] } }')
    const rows = await ask('ann', { rows: 20 })
    for (const { picks } of rows) for (const { item } of picks) expect(item.categories).not.toContain('film')
    const other = await harness.ask('{ home(userId: "ann", placement: "app") { rows { kind } } }')
    expect(other.data.home.rows.map(({ kind }: Row) => kind)).toContain('CONTINUE')
  })

  test('say what counts as seen: what does not is listed again', async () => {
    await putRules('seen: { RATING: 30d }')
    const rows = await ask('ann', { rows: 20, first: 100 })
    const elsewhere = rows.filter(({ kind }) => kind !== 'BUY_AGAIN').flatMap(idsOf)
    expect(elsewhere).toContain('book-0')
  })

  test('say from which portion on an item is finished', async () => {
    await putRules('seen: { PURCHASE: forever, CONSUME: 0.5 }')
    expect(rowOf(await ask('ann', { rows: 20 }), 'CONTINUE')).toBeUndefined()
    await putRules('seen: { PURCHASE: forever, CONSUME: 1 }')
    expect(idsOf(rowOf(await ask('ann', { rows: 20 }), 'CONTINUE')!)[0]).toBe('film-6')
  })
})

test.each([
  ['home(userId: "")', 'userId'],
  ['home(userId: "ann", rows: 0)', 'rows'],
  ['home(userId: "ann", rows: 21)', 'rows'],
  ['home(userId: "ann", first: 0)', 'first'],
  ['home(userId: "ann", first: 101)', 'first'],
  ['home(userId: "ann", placement: "Home")', 'placement'],
  ['home(userId: "ann", filter: { minPrice: 3, maxPrice: 2 })', 'filter.minPrice'],
])('refuses %s and names path, rule and value', async (field, path) => {
  for (const { errors } of [
    await harness.ask(`{ ${field} { id } }`),
    await harness.watch(`subscription { ${field.replace('home', 'homeUpdated')} { id } }`).message(0),
  ]) {
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    expect(errors?.[0]?.extensions.issues[0].message).toMatch(/^expected .+, got /)
  }
})
