import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems(
    { id: 'old', title: 'Green tent', publishedAt: '2020-01-01T00:00:00Z', categories: ['tents'], price: 10 },
    { id: 'new', title: 'Red tent', publishedAt: '2025-01-01T00:00:00Z', categories: ['tents'], price: 30 },
    { id: 'undated', title: 'Gas lamp', description: 'lights up a tent', tags: ['light'] },
    { id: 'hidden', title: 'Torn tent', available: false, publishedAt: '2024-01-01T00:00:00Z' },
    { id: 'lamp2', title: 'Lantern', categories: ['lamps'] },
  )
})
afterAll(() => harness.close())

interface Page {
  ids: string[]
  cursors: string[]
  total: number
  next: boolean
  previous: boolean
  start: string | null
  end: string | null
}
async function catalog(args: string): Promise<Page> {
  const { data, errors } = await harness.ask(
    `{ catalog(${args}) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`,
  )
  expect(errors).toBeUndefined()
  const { edges, pageInfo, totalCount } = data.catalog
  return {
    ids: edges.map((edge: { node: { id: string } }) => edge.node.id),
    cursors: edges.map((edge: { cursor: string }) => edge.cursor),
    total: totalCount,
    next: pageInfo.hasNextPage,
    previous: pageInfo.hasPreviousPage,
    start: pageInfo.startCursor,
    end: pageInfo.endCursor,
  }
}

describe('catalog', () => {
  test('newest first, those without a date last; what is not available only when asked for', async () => {
    expect(await catalog('first: 10')).toMatchObject({ ids: ['new', 'old', 'lamp2', 'undated'], total: 4, next: false })
    expect((await catalog('first: 10, includeUnavailable: true')).ids).toEqual([
      'new',
      'hidden',
      'old',
      'lamp2',
      'undated',
    ])
  })

  test('pages by cursor, each item once', async () => {
    const first = await catalog('first: 3')
    expect(first).toMatchObject({ ids: ['new', 'old', 'lamp2'], next: true, previous: false, total: 4 })
    expect([first.start, first.end]).toEqual([first.cursors[0], first.cursors[2]])
    const second = await catalog(`first: 3, after: "${first.end}"`)
    expect(second).toMatchObject({ ids: ['undated'], next: false, previous: true, total: 4 })
    const beyond = await catalog(`first: 3, after: "${second.end}"`)
    expect(beyond).toMatchObject({ ids: [], next: false, previous: true, start: null, end: null })
  })

  test('a cursor holds its place when the item it was made from is gone', async () => {
    await harness.putItems({ id: 'middle', publishedAt: '2022-01-01T00:00:00Z' })
    const { cursors, ids } = await catalog('first: 10')
    const cursor = cursors[ids.indexOf('middle')]
    await harness.log.append(topics.items, [{ key: 'middle', value: null }])
    await harness.putItems({ id: 'lamp2', title: 'Lantern', categories: ['lamps'] })
    expect((await catalog(`first: 10, after: "${cursor}"`)).ids).toEqual(['old', 'lamp2', 'undated'])
  })

  test('search: all words, titles before descriptions, the last word unfinished', async () => {
    const tents = await catalog('search: "tent"')
    expect(tents.total).toBe(3)
    expect(tents.ids.at(-1)).toBe('undated')
    expect((await catalog('search: "red tent"')).ids).toEqual(['new'])
    expect((await catalog('search: "lant"')).ids).toEqual(['lamp2'])
    expect((await catalog('search: "nothing like it"')).ids).toEqual([])
    expect((await catalog('search: "light"')).ids).toEqual(['undated'])
  })

  test('search pages, and knows a change at once', async () => {
    const first = await catalog('search: "tent", first: 2')
    const rest = await catalog(`search: "tent", first: 2, after: "${first.end}"`)
    expect([...first.ids, ...rest.ids].sort()).toEqual(['new', 'old', 'undated'])
    await harness.putItems({ id: 'lamp2', title: 'Quilt' })
    expect((await catalog('search: "lantern"')).ids).toEqual([])
    expect((await catalog('search: "quilt"')).ids).toEqual(['lamp2'])
  })

  test('filters', async () => {
    expect((await catalog('filter: { categories: ["tents"], maxPrice: 20 }')).ids).toEqual(['old'])
    expect((await catalog('search: "tent", filter: { tags: ["light"] }')).ids).toEqual(['undated'])
  })

  test.each([
    ['first: 0', 'first'],
    ['after: "elsewhere"', 'after'],
    [`search: "${'x'.repeat(300)}"`, 'search'],
  ])('refuses %.30s', async (argument, path) => {
    const { errors } = await harness.ask(`{ catalog(${argument}) { totalCount } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
  })
})

test('items: the same order as ids, null where unknown', async () => {
  const { data } = await harness.ask('{ items(ids: ["old", "nope", "new", "old"]) { id } item(id: "nope") { id } }')
  expect(data.items).toEqual([{ id: 'old' }, null, { id: 'new' }, { id: 'old' }])
  expect(data.item).toBeNull()
})

test('a bad record on the topic is left out and stops nothing', async () => {
  await harness.log.append(topics.items, [{ key: 'bad', value: Buffer.from('{"v":1}') }])
  await harness.putItems({ id: 'after-it' })
  expect((await harness.ask('{ items(ids: ["bad", "after-it"]) { id } }')).data.items).toEqual([
    null,
    { id: 'after-it' },
  ])
})

test('a search goes on after a removed item, with the items of the same score newest first', async () => {
  const own = await startHarness()
  try {
    // Ids in the other order than dates: the id alone does not tell what comes after a cursor.
    const items = ['d', 'c', 'b', 'a'].map((id, n) => ({
      id,
      title: 'Kite',
      publishedAt: `202${9 - n}-01-01T00:00:00Z`,
    }))
    await own.putItems(...items)
    const idsOf = async (args: string) => {
      const { data } = await own.ask(`{ catalog(search: "kite", ${args}) { edges { cursor node { id } } } }`)
      return data.catalog.edges as { cursor: string; node: { id: string } }[]
    }
    const [first, second] = await idsOf('first: 2')
    expect([first!.node.id, second!.node.id]).toEqual(['d', 'c'])
    await own.ask('mutation { removeItems(ids: ["c"]) { accepted } }')
    await expect.poll(async () => (await idsOf('first: 9')).length).toBe(3)
    const idsAfter = async (cursor: string) => (await idsOf(`first: 9, after: "${cursor}"`)).map(({ node }) => node.id)
    expect(await idsAfter(second!.cursor)).toEqual(['b', 'a'])
    await own.putItems({ id: 'kite-book', title: 'Book' }, { id: 'lamp', title: 'Lamp' })
    expect(await idsAfter(first!.cursor)).toEqual(['b', 'a'])
  } finally {
    await own.close()
  }
})
