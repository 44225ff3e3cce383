import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ItemRecord } from '../../../schema/records/item.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { ListBuilder } from '../list-builder.ts'
import { parseListRequest } from '../list-request.ts'
import { aCatalog, aListContext } from './testing/a-list-context.ts'

const dayMs = 86_400_000

type Fields = Parameters<typeof aListContext>[1]
const anItem = (id: string, more: Partial<ItemRecord> = {}) => ({ id, categories: ['Books'], ...more })

/** Lists the items in this order, under rules. */
const arranged = (catalog: Catalog, ids: readonly string[], fields: Fields) => {
  const ranked = ids.map((itemId, n) => ({
    itemId,
    score: 1 - n * 0.1,
    reason: { kind: 'popular', window: 'DAY' } as const,
  }))
  return new ListBuilder(aListContext(catalog, fields)).addRanked(ranked).toPicks()
}
const order = (...args: Parameters<typeof arranged>) =>
  arranged(...args)
    .map(({ item }) => item.id)
    .join('')

describe('a list under rules', () => {
  const catalog = aCatalog(
    anItem('a', { price: 10 }),
    anItem('b', { tags: ['sale'], price: 10 }),
    anItem('c', { publishedAt: new Date(100 * dayMs).toISOString(), price: 1_000 }),
    anItem('z', { categories: ['Toys'] }),
  )
  const abc = ['a', 'b', 'c']

  test('no rules leave it as it is, and its scores', () => {
    const picks = arranged(catalog, abc, {})
    expect(picks.map(({ item, score }) => [item.id, score])).toEqual([
      ['a', 1],
      ['b', 0.9],
      ['c', 0.8],
    ])
  })

  test('a boost lifts what it is about, and a factor of 0 puts an item last', () => {
    expect(order(catalog, abc, { rules: 'boosts: [{ tag: sale, factor: 3 }]' })).toBe('bac')
    expect(order(catalog, abc, { rules: 'boosts: [{ item: c, factor: 11 }]' })).toBe('cab')
    expect(order(catalog, abc, { rules: 'boosts: [{ item: a, factor: 0 }]' })).toBe('bca')
    expect(order(catalog, ['a', 'z', 'b'], { rules: 'boosts: [{ category: Toys, factor: 3 }]' })).toBe('zab')
  })

  test('a new arrival gets a bonus that fades', () => {
    const scoreAt = (day: number) =>
      arranged(catalog, ['c', 'a'], { rules: 'freshnessHalfLifeDays: 10', rankedAt: day * dayMs })[0]!.score
    expect(scoreAt(100) / scoreAt(110)).toBeCloseTo(2 / 1.5, 5)
  })

  test('revenue weighs scores by price, and leaves items without a price at their score', () => {
    expect(order(catalog, abc, { rules: 'objective: { revenue: 1 }' })).toBe('cab')
    expect(order(catalog, ['a', 'z', 'c'], { rules: 'objective: { revenue: 1 }' })).toBe('cza')
    expect(order(catalog, abc, { rules: 'objective: { revenue: 0 }' })).toBe('abc')
  })

  test('revenue weighs scores by an attribute, where the rules name one', () => {
    const margin = (number: number) => ({
      attributes: [
        { name: 'color', text: 'red' },
        { name: 'margin', number },
      ],
    })
    const earning = aCatalog(anItem('a', { price: 900, ...margin(1) }), anItem('b', margin(100)), anItem('c'))
    const rules = 'objective: { revenue: 1, revenueAttribute: margin }'
    expect(order(earning, abc, { rules })).toBe('bca')
    expect(order(earning, abc, { rules: 'objective: { revenueAttribute: margin }' })).toBe('abc')
  })

  test('scores stay finite, whatever the number of boosts and the prices', () => {
    const priced = aCatalog(
      anItem('a', { price: 5e-324 }),
      anItem('b', { price: 1.7e308, attributes: [{ name: 'organic', flag: true }] }),
      anItem('c'),
    )
    const many = (target: string) => Array(200).fill(`{ ${target}, factor: 100 }`).join()
    for (const target of ['category: Books', 'item: b', 'attribute: { name: organic }']) {
      const rules = `objective: { revenue: 1 }\nboosts: [${many(target)}, { item: a, factor: 0 }]`
      const scores = arranged(priced, abc, { rules }).map(({ score }) => score)
      expect(scores.every(Number.isFinite)).toBe(true)
      expect(order(priced, abc, { rules })).toBe('bca')
    }
  })

  test('weights count what was found because of an event of their type', () => {
    const because = (itemId: string, score: number, eventType: 'VIEW' | 'PURCHASE') => ({
      itemId,
      score,
      reason: { kind: 'because', itemId: 'z', eventType } as const,
    })
    const ranked = [because('a', 1, 'VIEW'), because('b', 0.6, 'PURCHASE'), because('c', 0.2, 'VIEW')]
    const ordered = (rules: string) =>
      new ListBuilder(aListContext(catalog, { rules }))
        .addRanked(ranked)
        .toPicks()
        .map(({ item }) => item.id)
    expect(ordered('objective: { weights: { PURCHASE: 5, CART: 2, VIEW: 1 } }')).toEqual(['b', 'a', 'c'])
    expect(ordered('objective: { weights: { VIEW: 0.1 } }')).toEqual(['b', 'a', 'c'])
    expect(ordered('objective: { weights: { CART: 9 } }')).toEqual(['a', 'b', 'c'])
  })

  test('no category takes more than its share of what is shown, and nothing is lost', () => {
    const many = Array.from({ length: 40 }, (_, n) => anItem(`i${n}`, { categories: [n < 30 ? 'Books' : 'Toys'] }))
    const ids = many.map(({ id }) => id)
    const request = (first: number, diversity = 0) => parseListRequest({ first, diversity })
    for (const [first, diversity, books] of [
      [40, 0, 10],
      [8, 0, 4],
      [8, 0.1, 4],
    ] as const) {
      const fields = { rules: 'maxCategoryShare: 0.5', request: request(first, diversity) }
      const list = arranged(aCatalog(...many), ids, fields)
      expect(list).toHaveLength(first)
      expect(list.slice(0, 20).filter(({ item }) => item.categories[0] === 'Books')).toHaveLength(books)
    }
  })

  test('a pinned item stands at its place with its reason, however varied the list is, if it may be shown', () => {
    const rules = 'pins: [{ item: z, position: 2 }]'
    for (const diversity of [0, 1]) {
      const picks = arranged(catalog, ['a', 'b'], { rules, request: parseListRequest({ first: 3, diversity }) })
      expect(picks[1]).toMatchObject({ rank: 2, item: { id: 'z' }, reason: { rule: 'pin' } })
    }
    expect(order(catalog, ['a', 'z', 'b'], { rules })).toBe('azb')
    const books = parseListRequest({ first: 3, filter: { categories: ['Books'] } })
    expect(order(catalog, ['a', 'b'], { rules, request: books })).toBe('ab')
    const gone = aCatalog(anItem('a'), anItem('b'), anItem('z', { available: false }))
    expect(order(gone, ['a', 'b'], { rules })).toBe('ab')
    const excluding = parseListRequest({ first: 3, exclude: ['z'] })
    expect(order(catalog, ['a', 'b'], { rules, request: excluding })).toBe('ab')
  })

  test('pins count from the first place, beyond the end they stand last, and the list is no longer than asked for', () => {
    const rules = 'pins: [{ item: z, position: 9 }, { item: c, position: 1 }]'
    expect(order(catalog, abc, { rules })).toBe('cabz')
    expect(order(catalog, abc, { rules, request: parseListRequest({ first: 2 }) })).toBe('ca')
  })

  test('of pins at one position the last of the document takes it, and an item that is pinned twice its first place', () => {
    const rules = 'pins: [{ item: c, position: 1 }, { item: z, position: 1 }]'
    expect(order(catalog, abc, { rules })).toBe('zcab')
    expect(order(catalog, abc, { rules: 'pins: [{ item: b, position: 3 }, { item: b, position: 1 }]' })).toBe('bac')
  })

  test('a filter keeps out what it does not let pass, pinned or not', () => {
    const rules = 'filters: [{ categories: [Books] }]\npins: [{ item: z, position: 1 }]'
    expect(order(catalog, ['z', ...abc], { rules })).toBe('abc')
    expect(order(catalog, abc, { rules: 'filters: [{ minPrice: 5 }, { maxPrice: 50 }]' })).toBe('ab')
  })

  test('what was shown often without a reaction sinks or leaves, until the interval is over', () => {
    const shown = (...days: number[]) => ({
      ignored: new Map([['a', days.map((day) => (day * dayMs) / 1000)]]),
      now: 10 * dayMs,
    })
    const tired = 'fatigue: { after: 3, within: 2d, factor: 0.2 }'
    expect(order(catalog, abc, { rules: tired, ...shown(8.1, 9, 9.9) })).toBe('bac')
    expect(order(catalog, abc, { rules: tired, ...shown(9, 9.9) })).toBe('abc')
    expect(order(catalog, abc, { rules: tired, ...shown(8, 9, 9.9) })).toBe('abc')
    expect(order(catalog, abc, { rules: tired })).toBe('abc')
    const gone = 'fatigue: { after: 3, within: 2d, factor: 0 }'
    expect(order(catalog, abc, { rules: gone, ...shown(8.1, 9, 9.9) })).toBe('bc')
  })

  test('chance is the same for the same seed, and another for another', () => {
    const ids = ['a', 'b', 'c', 'z']
    const drawn = (seed: string) => order(catalog, ids, { rules: 'exploration: 0.3', seed })
    expect(drawn('s')).toBe(drawn('s'))
    const seeds = Array.from({ length: 200 }, (_, n) => `seed ${n}`)
    const orders = seeds.map(drawn)
    expect(new Set(orders).size).toBeGreaterThan(5)
    // A better score still makes a better place more probable.
    const first = (id: string) => orders.filter((one) => one.startsWith(id)).length
    expect(first('a')).toBeGreaterThan(first('z'))
  })

  test('a rule with a condition applies to lists about that', () => {
    const rules = `
boosts: [{ tag: sale, factor: 3, when: { category: Books } }]
pins: [{ item: z, position: 1, when: { category: Toys } }]`
    expect(order(catalog, abc, { rules })).toBe('abc')
    expect(order(catalog, abc, { rules, about: ['c'] })).toBe('bac')
    expect(order(catalog, abc, { rules, about: ['z'] })).toBe('zabc')
    const filter = { categories: ['Books'] }
    expect(order(catalog, abc, { rules, request: parseListRequest({ first: 3, filter }) })).toBe('bac')
  })

  test('places left over are filled up, whatever boosts do, and stay behind what is ranked', () => {
    const context = aListContext(catalog, { rules: 'boosts: [{ item: b, factor: 2 }]' })
    const ranked = [{ itemId: 'a', score: 5, reason: { kind: 'pinned' } as const }]
    const picks = new ListBuilder(context).addRanked(ranked).fillWithNewest().toPicks()
    expect(picks.map(({ item }) => item.id)).toEqual(['b', 'a', 'c', 'z'])
  })
})

test('whatever the rules say: every item may be shown, none comes twice, and the list is as long as it can be', () => {
  const ids = Array.from({ length: 12 }, (_, n) => `i${n}`)
  const id = fc.constantFrom(...ids)
  const category = fc.constantFrom('Books', 'Toys', 'Games')
  const item = fc.record({
    categories: fc.uniqueArray(category, { maxLength: 2 }),
    price: fc.integer({ min: 0, max: 9 }),
    available: fc.boolean(),
    groupId: fc.option(fc.constantFrom('g', 'h')),
  })
  const rules = fc.record(
    {
      boosts: fc.array(fc.record({ category, factor: fc.integer({ min: 0, max: 9 }) }), { maxLength: 3 }),
      pins: fc.array(fc.record({ item: id, position: fc.integer({ min: 1, max: 15 }) }), { maxLength: 4 }),
      filters: fc.array(fc.record({ maxPrice: fc.integer({ min: 0, max: 9 }) }), { maxLength: 2 }),
      maxCategoryShare: fc.constantFrom(0.1, 0.5, 1),
      exploration: fc.constantFrom(0, 0.5),
      objective: fc.record({ revenue: fc.constantFrom(0, 1) }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 12, maxLength: 12 }),
      rules,
      fc.shuffledSubarray(ids),
      fc.uniqueArray(id, { maxLength: 3 }),
      fc.integer({ min: 1, max: 15 }),
      fc.constantFrom(0, 0.5, 1),
      (items, asked, ranked, exclude, first, diversity) => {
        const catalog = aCatalog(...items.map((one, n) => ({ ...one, id: ids[n]! })))
        const request = parseListRequest({ first, exclude, diversity })
        const context = aListContext(catalog, { rules: JSON.stringify(asked), request })
        const builder = new ListBuilder(context).addRanked(
          ranked.map((itemId, n) => ({ itemId, score: -n, reason: { kind: 'popular', window: 'DAY' } as const })),
        )
        const picks = builder.fillWithNewest().toPicks()
        const most = Math.min(9, ...(asked.filters ?? []).map(({ maxPrice }) => maxPrice))
        const eligible = [...catalog.items.values()].filter(
          (one) => one.available && one.price! <= most && !exclude.includes(one.id),
        )
        const groups = new Set(eligible.map(({ id: own, groupId }) => groupId ?? own))
        expect(new Set(picks.map(({ item: { id: own, groupId } }) => groupId ?? own)).size).toBe(picks.length)
        for (const pick of picks) expect(eligible).toContain(pick.item)
        expect(picks).toHaveLength(Math.min(first, groups.size))
        expect(picks.map(({ rank }) => rank)).toEqual(picks.map((_, n) => n + 1))
      },
    ),
    { numRuns: 400 },
  )
})
