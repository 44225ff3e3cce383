import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recommendationIdKey } from '../../platform/recommendation-id-key.ts'
import { RecommendationIds } from '../../schema/recommendation-id.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  const categories = [['Camping'], ['Kitchen'], ['Camping', 'Kitchen']]
  await harness.putItems(
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((id, n) => ({ id, categories: categories[n % 3], price: n * 10 })),
  )
  await harness.publishList('ann', aList({ offset: 3, unseen: ranked('a', 'b', 'c', 'd'), seen: ranked('e') }))
})
afterAll(() => harness.close())

interface List {
  readonly id: string
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

const fields = 'id picks { item { id } }'
const itemsOf = ({ picks }: List) => picks.map(({ item }) => item.id).join()
const listsOf = ({ data, errors }: Answer): List[] => {
  expect(errors).toBeUndefined()
  return Object.values(data)
}

const category = fc.constantFrom('Camping', 'Kitchen')
const listArguments = fc.record(
  {
    userId: fc.constantFrom('ann', 'somebody new'),
    first: fc.integer({ min: 1, max: 6 }),
    exclude: fc.uniqueArray(fc.constantFrom('a', 'b', 'e')),
    diversity: fc.constantFrom(0, 0.5, 1),
    includeSeen: fc.boolean(),
    page: fc.constantFrom('home', 'basket'),
    filter: fc.record(
      { categories: fc.uniqueArray(category, { minLength: 1 }), maxPrice: fc.constantFrom(20, 50) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['userId'] },
)
const literal = (value: unknown): string => JSON.stringify(value).replace(/"(\w+)":/g, '$1:')

test('two lists with different picks never share an id, whatever arguments and pages they come from', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(listArguments, { minLength: 2, maxLength: 6 }), async (all) => {
      const asked = all.map((args, n) => `l${n}: recommendations(${literal(args).slice(1, -1)}) { ${fields} }`)
      const items = new Map<string, string>()
      for (const list of listsOf(await harness.ask(`{ ${asked.join(' ')} }`))) {
        expect(items.get(list.id) ?? itemsOf(list)).toBe(itemsOf(list))
        items.set(list.id, itemsOf(list))
      }
    }),
    { numRuns: 60 },
  )
})

test('the same arguments, however they are written, have the same id', async () => {
  const ways = [
    'first: 2, filter: { categories: ["Camping", "Kitchen"], maxPrice: 50 }, exclude: ["b", "a"]',
    'exclude: ["a", "b"], filter: { maxPrice: 50, tags: null, categories: ["Kitchen", "Camping"] }, first: 2, diversity: 0',
    'exclude: ["a", "b", "a"], filter: { maxPrice: 50, categories: ["Kitchen", "Camping"] }, first: 2, includeSeen: null',
  ]
  const asked = ways.map((way, n) => `l${n}: recommendations(userId: "ann", ${way}) { ${fields} }`)
  const lists = listsOf(await harness.ask(`{ ${asked.join(' ')} }`))
  expect(new Set(lists.map(({ id }) => id)).size).toBe(1)
})

test('neither the order of conditions on attributes nor that inside a condition changes the id; another condition does', async () => {
  const ways = [
    '{ name: "color", in: ["red", "blue"] }, { name: "size", gte: 1, lte: 2 }',
    '{ lte: 2, gte: 1, name: "size", is: null }, { in: ["blue", "red", "blue"], name: "color" }',
    '{ name: "size", gte: 1, lte: 2 }, { name: "color", in: ["red", "blue"] }, { name: "size", lte: 2, gte: 1 }',
    '{ name: "size", gte: 1, lte: 3 }, { name: "color", in: ["red", "blue"] }',
    '{ name: "size", gte: 1, lte: 2 }, { name: "color", in: ["red"] }',
    '{ name: "color", gte: 1, lte: 2 }, { name: "size", in: ["red", "blue"] }',
  ]
  const asked = ways.map(
    (way, n) => `l${n}: recommendations(userId: "ann", filter: { attributes: [${way}] }) { ${fields} }`,
  )
  const [first, ...others] = listsOf(await harness.ask(`{ ${asked.join(' ')} }`))
  expect(others.map(({ id }) => id === first!.id)).toEqual([true, true, false, false, false])
})

test('lists of one user with other arguments have other ids even where they hold the same items', async () => {
  const ways = ['first: 2', 'first: 2, diversity: 0.01', 'first: 2, includeSeen: true', 'first: 2, exclude: ["f"]']
  const asked = ways.map((way, n) => `l${n}: recommendations(userId: "ann", ${way}) { ${fields} }`)
  const lists = listsOf(await harness.ask(`{ ${asked.join(' ')} }`))
  expect(new Set(lists.map(({ id }) => id)).size).toBe(ways.length)
})

test('a subscription and a query for the same list have the same id, and its user list of a page', async () => {
  const watcher = harness.watch(`subscription { recommendationsUpdated(userId: "ann", first: 3) { ${fields} } }`)
  const pushed = (await watcher.message(0)).data.recommendationsUpdated
  const { data } = await harness.ask(
    `{ recommendations(userId: "ann", first: 3) { ${fields} } user(id: "ann") { recommendations(first: 3) { ${fields} } } }`,
  )
  expect([data.recommendations, data.user.recommendations]).toEqual([pushed, pushed])
  watcher.stop()
})

test('when an item leaves the shop, the list without it has another id under the same revision', async () => {
  await harness.putItems({ id: 'leaving' })
  await harness.publishList('bea', aList({ offset: 4, unseen: ranked('leaving', 'a', 'b') }))
  const ask = `subscription { recommendationsUpdated(userId: "bea", first: 2) { revision ${fields} } }`
  const watcher = harness.watch(ask)
  const before = (await watcher.message(0)).data.recommendationsUpdated
  await harness.putItems({ id: 'leaving', available: false })
  const after = (await watcher.message(1)).data.recommendationsUpdated
  expect([itemsOf(before), itemsOf(after), after.revision]).toEqual(['leaving,a', 'a,b', before.revision])
  expect(after.id).not.toBe(before.id)
  watcher.stop()
})

test('session lists: another filter, length or trail is another id; the same list has the same id later', async () => {
  const trails = ['[{ itemId: "a" }]', '[{ itemId: "a", type: CART }]', '[{ itemId: "b" }]']
  const ways = ['first: 2', 'first: 3', 'first: 2, filter: { categories: ["Kitchen"] }', 'first: 2, exclude: ["c"]']
  const asked = trails.flatMap((trail, t) =>
    ways.map((way, w) => `l${t}${w}: sessionRecommendations(events: ${trail}, ${way}) { ${fields} }`),
  )
  const once = listsOf(await harness.ask(`{ ${asked.join(' ')} }`))
  expect(new Set(once.map(({ id }) => id)).size).toBe(asked.length)
  expect(listsOf(await harness.ask(`{ ${asked.join(' ')} }`))).toEqual(once)
})

test('the id sent back says user, revision, placement and variant', async () => {
  const variants = 'variants: [{ name: wide, share: 1 }, { name: none, share: 0 }]'
  await harness.putRules(`experiments: [{ name: spread, ${variants} }, { name: x, placement: home, ${variants} }]`)
  await harness.publishList('cas', aList({ offset: 9, unseen: ranked('a', 'b') }))
  const [home, other] = listsOf(
    await harness.ask(
      `{ h: recommendations(userId: "cas", first: 2, placement: "home") { placement variant ${fields} }
         o: recommendations(userId: "cas", first: 2) { placement variant ${fields} } }`,
    ),
  )
  expect([home, other]).toMatchObject([
    { placement: 'home', variant: 'spread~wide+x~wide' },
    { placement: null, variant: 'spread~wide' },
  ])
  const ids = new RecommendationIds(await recommendationIdKey({ ID_SECRET: undefined }, harness.store))
  const writeTimestamp = writeTimestampOf(9)
  expect(ids.verify(home!.id, 'cas')).toEqual({ writeTimestamp, variant: 'spread~wide+x~wide', placement: 'home' })
  expect(ids.verify(other!.id, 'cas')).toEqual({ writeTimestamp, variant: 'spread~wide', placement: null })
  expect(ids.verify(home!.id, 'ann')).toBeUndefined()
})
