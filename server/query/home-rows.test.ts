import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PickReason, RankedItem } from '../../schema/records/ranked-list.ts'
import { encodeUserState } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import { aList } from '../../test/support/builders.ts'
import { anInteraction, EmbedHarness } from '../../test/support/interactions.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

const names = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`)
const day = (n: number) => new Date(Date.UTC(2026, 0, 1) - n * 86_400_000).toISOString()

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems(
    ...['film', 'book'].flatMap((kind, k) =>
      names(kind, 20).map((id, n) => ({ id, categories: [kind], publishedAt: day(100 * k + n) })),
    ),
    ...['red', 'blue', 'green'].map((id) => ({ id, groupId: 'shirt', available: id !== 'red' })),
    ...names('part', 2).map((id) => ({ id, groupId: 'series' })),
  )
})
afterAll(() => harness.close())

type Event = Partial<Parameters<typeof anInteraction>[0]>
const taste: PickReason = { kind: 'taste', categories: ['film'] }
const scored = (ids: readonly string[], from: number): RankedItem[] =>
  ids.map((itemId, n) => ({ itemId, score: from - 0.02 * n, reason: taste }))

/** A user with these events and this list. */
async function know(userId: string, list: Partial<Parameters<typeof aList>[0]>, ...events: Event[]): Promise<void> {
  await harness.publishList(userId, aList({ offset: 0, ...list }))
  if (events.length === 0) return
  const embed = new EmbedHarness()
  embed.feedAll(...events.map((event) => anInteraction({ ...event, userId })))
  const value = encodeUserState(embed.state(userId))
  await harness.store.put(tables.userStates, [{ partition: userId, value, writeTimestamp: BigInt(events.length) }])
}

async function putRules(source: string): Promise<void> {
  const { data } = await harness.ask('mutation ($s: String!) { putRules(source: $s) { version } }', { s: source })
  const applied = async () => (await harness.ask('{ rules { version } }')).data.rules.version
  while ((await applied()) < data.putRules.version) await new Promise((resolve) => setTimeout(resolve, 5))
}

interface Row {
  readonly kind: string
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}
/** By kind, the first row of each. */
async function rowsOf(u: string, first: number): Promise<Map<string, string[]>> {
  const query = `query ($u: ID!, $first: Int) { home(userId: $u, rows: 20, first: $first) { rows { kind picks { item { id } } } } }`
  const { data, errors } = await harness.ask(query, { u, first })
  expect(errors).toBeUndefined()
  const rows = new Map<string, string[]>()
  for (const { kind, picks } of data.home.rows as Row[]) {
    if (!rows.has(kind))
      rows.set(
        kind,
        picks.map(({ item }) => item.id),
      )
  }
  return rows
}

test('a pin has its position in what the rows above leave of its row', async () => {
  await know('ann', { unseen: [...scored(names('film', 12), 2), ...scored(names('book', 12), 1)] })
  const first = ['film-0', 'film-1'].map((id) => `{ item: ${id}, factor: 100 }`).join()
  await putRules(`boosts: [${first}, { category: book, factor: 50 }]\npins: [{ item: film-19, position: 5 }]`)
  const rows = await rowsOf('ann', 6)
  expect([...rows.keys()].slice(0, 2)).toEqual(['CATEGORY', 'FOR_YOU'])
  expect(rows.get('CATEGORY')!.slice(0, 2)).toEqual(['film-0', 'film-1'])
  expect(rows.get('FOR_YOU')!.indexOf('film-19')).toBe(4)
  await putRules('')
})

test('no category takes more than its share of a row, as long as others are left', async () => {
  await putRules('maxCategoryShare: 0.5')
  expect((await rowsOf('somebody new', 4)).get('NEW')).toEqual(['film-0', 'film-1', 'book-0', 'book-1'])
  await putRules('')
})

test('what may be bought again is what was bought: no other variant in its place', async () => {
  const bought = ['red', ...names('book', 4)]
  await know(
    'bea',
    { seen: scored(bought, 1), unlisted: ['blue'] },
    ...bought.map((itemId): Event => ({ itemId, type: 'PURCHASE' })),
    { itemId: 'blue', type: 'DISMISS' },
  )
  expect((await rowsOf('bea', 10)).get('BUY_AGAIN')).toEqual(names('book', 4))
})

test('an item that may not be listed is replaced by a variant that the user has not seen', async () => {
  await know('cid', { unseen: scored(['red', ...names('film', 4)], 1), unlisted: ['blue'] })
  expect((await rowsOf('cid', 10)).get('FOR_YOU')![0]).toBe('green')
})

test('what was begun stays in other rows where too few of different groups are left to continue', async () => {
  const begun = ['film-0', 'film-1', ...names('part', 2)]
  const events = begun.map((itemId): Event => ({ itemId, type: 'CONSUME', portion: 0.5 }))
  await know('dan', { unseen: scored(names('film', 8), 1) }, ...events)
  const rows = await rowsOf('dan', 10)
  expect(rows.has('CONTINUE')).toBe(false)
  expect(rows.get('FOR_YOU')!.slice(0, 2)).toEqual(['film-0', 'film-1'])
})
