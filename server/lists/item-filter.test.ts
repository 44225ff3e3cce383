import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

/** Every list, and the catalog, holds exactly the items that a filter allows. */

const attribute = (name: string, value: string | number | boolean) =>
  typeof value === 'string'
    ? { name, text: value }
    : typeof value === 'number'
      ? { name, number: value }
      : { name, flag: value }

const items = [
  { id: 'a', categories: ['film', 'drama'], tags: ['new', 'hd'], publishedAt: '2026-01-01T00:00:00Z' },
  { id: 'b', categories: ['film'], tags: ['new'], attributes: [attribute('lang', 'de'), attribute('lang', 'fr')] },
  { id: 'c', categories: ['drama'], attributes: [attribute('minutes', 90), attribute('lang', 'en')] },
  { id: 'd', tags: ['old', 'hd'], publishedAt: '2025-12-31T23:59:59.999Z', attributes: [attribute('minutes', 30)] },
  { id: 'e', attributes: [attribute('minutes', 120), attribute('minutes', 45), attribute('kids', true)] },
  { id: 'f', publishedAt: '2026-06-01T00:00:00Z', attributes: [attribute('kids', false), attribute('minutes', '90')] },
]
const ids = items.map(({ id }) => id)

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems(
    ...items.map((item) => ({ ...item, description: 'wanted' })),
    { id: 'gone', available: false },
    { id: 'asked' },
  )
  await harness.publishList('ada', aList({ unseen: ranked('a', 'c', 'e') }))
})
afterAll(() => harness.close())

type Picks = { item: { id: string } }[]
type Lists = Record<string, Picks & { picks?: Picks }>

/** Answers by the name of the list: the ids in it. */
async function listsWith(filter: object | null): Promise<Record<string, string[]>> {
  const args = 'filter: $f, first: 50, exclude: ["asked"]'
  const { data, errors } = await harness.ask(
    `query ($f: ItemFilter) {
      known: recommendations(userId: "ada", ${args}) { picks { item { id } } }
      unknown: recommendations(userId: "nobody", ${args}) { picks { item { id } } }
      session: sessionRecommendations(events: [{ itemId: "asked" }], ${args}) { picks { item { id } } }
      similar: similarItems(itemId: "asked", ${args}) { item { id } }
      together: boughtTogether(itemIds: ["asked"], ${args}) { item { id } }
      trending(${args}) { item { id } }
      catalog(filter: $f, first: 50) { edges { node { id } } }
      found: catalog(search: "wanted", filter: $f, first: 50) { edges { node { id } } }
    }`,
    { f: filter },
  )
  expect(errors).toBeUndefined()
  const { catalog, found, ...lists } = data
  const idsOf = (picks: Picks) => picks.map(({ item }) => item.id).sort()
  return {
    ...Object.fromEntries(Object.entries(lists as Lists).map(([name, list]) => [name, idsOf(list.picks ?? list)])),
    catalog: nodesOf(catalog),
    search: nodesOf(found),
  }
}

const nodesOf = ({ edges }: { edges: { node: { id: string } }[] }): string[] =>
  edges
    .map(({ node }) => node.id)
    .filter((id) => id !== 'asked')
    .sort()

const newest = async (filter: object): Promise<string[]> => {
  const watcher = harness.watch(
    'subscription ($f: ItemFilter) { recommendationsUpdated(userId: "ada", filter: $f, first: 50, exclude: ["asked"]) { picks { item { id } } } }',
    { f: filter },
  )
  const { data } = await watcher.message(0)
  watcher.stop()
  return data.recommendationsUpdated.picks.map(({ item }: { item: { id: string } }) => item.id).sort()
}

describe('a filter', () => {
  test.each<[string, object, string[]]>([
    ['nothing', {}, ids],
    ['allCategories', { allCategories: ['film', 'drama'] }, ['a']],
    ['allCategories of one', { allCategories: ['drama'] }, ['a', 'c']],
    ['allCategories of none', { allCategories: [] }, ids],
    ['allTags', { allTags: ['hd', 'new'] }, ['a']],
    ['excludeTags', { excludeTags: ['new', 'old'] }, ['c', 'e', 'f']],
    ['publishedAfter', { publishedAfter: '2026-01-01T00:00:00Z' }, ['f']],
    ['publishedAfter, a moment before', { publishedAfter: '2025-12-31T23:59:59.999Z' }, ['a', 'f']],
    ['a text of several', { attributes: [{ name: 'lang', in: ['en', 'fr'] }] }, ['b', 'c']],
    ['a text of none', { attributes: [{ name: 'lang', in: [] }] }, []],
    ['a number from', { attributes: [{ name: 'minutes', gte: 90 }] }, ['c', 'e']],
    ['a number up to', { attributes: [{ name: 'minutes', lte: 45 }] }, ['d', 'e']],
    ['a number between, of one value', { attributes: [{ name: 'minutes', gte: 50, lte: 100 }] }, ['c']],
    ['a flag that is true', { attributes: [{ name: 'kids', is: true }] }, ['e']],
    ['a flag that is false', { attributes: [{ name: 'kids', is: false }] }, ['f']],
    ['any value', { attributes: [{ name: 'kids' }] }, ['e', 'f']],
    ['an attribute that no item has', { attributes: [{ name: 'none' }] }, []],
    [
      'all conditions',
      {
        attributes: [
          { name: 'minutes', gte: 60 },
          { name: 'lang', in: ['en'] },
        ],
      },
      ['c'],
    ],
    ['a text and a number, which no value is', { attributes: [{ name: 'minutes', in: ['90'], gte: 1 }] }, []],
    ['a text and a flag, which no value is', { attributes: [{ name: 'kids', in: ['true'], is: true }] }, []],
    ['labels that it asks for and excludes', { categories: ['film'], excludeCategories: ['film'] }, []],
    ['parts for values of different types', { attributes: [{ name: 'minutes', gte: 0, is: true }] }, []],
    [
      'everything together',
      { allTags: ['hd'], excludeTags: ['new'], attributes: [{ name: 'minutes', gte: 1 }] },
      ['d'],
    ],
  ])('%s: exact in every list, and full', async (_, filter, expected) => {
    const lists = await listsWith(filter)
    for (const [name, found] of Object.entries(lists)) expect(found, name).toEqual(expected)
    expect(await newest(filter), 'recommendationsUpdated').toEqual(expected)
  })

  const conditions = Array.from({ length: 17 }, (_, n) => ({ name: `a${n}` }))
  test.each<[string, object, string]>([
    ['filter.attributes', { attributes: conditions }, 'expected at most 16 conditions, got 17'],
    ['filter.attributes[0].name', { attributes: [{ name: '' }] }, 'expected 1..64 bytes, got ""'],
    [
      'filter.attributes[0].in',
      { attributes: [{ name: 'a', in: Array.from({ length: 101 }, String) }] },
      'expected at most 100 texts, got 101',
    ],
    ['filter.attributes[0].gte', { attributes: [{ name: 'a', gte: 2, lte: 1 }] }, 'expected at most lte (1), got 2'],
    ['filter.allTags', { allTags: Array.from({ length: 101 }, String) }, 'expected at most 100 names, got 101'],
    [
      'filter.allCategories',
      { allCategories: Array.from({ length: 101 }, String) },
      'expected at most 100 names, got 101',
    ],
    ['filter.excludeTags', { excludeTags: Array.from({ length: 101 }, String) }, 'expected at most 100 names, got 101'],
  ])('a bad %s is refused with path, rule and value', async (path, filter, message) => {
    for (const query of [
      'query ($f: ItemFilter) { trending(filter: $f) { rank } }',
      'query ($f: ItemFilter) { catalog(filter: $f) { totalCount } }',
    ]) {
      const { errors } = await harness.ask(query, { f: filter })
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path, message }] })
    }
  })

  test('at the bound of 16 conditions is taken', async () => {
    const { errors } = await harness.ask('query ($f: ItemFilter) { trending(filter: $f) { rank } }', {
      f: { attributes: conditions.slice(1) },
    })
    expect(errors).toBeUndefined()
  })
})
