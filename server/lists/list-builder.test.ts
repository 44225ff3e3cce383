import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ItemFilter } from '../../schema/graphql/item.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { eligibilityTest } from './item-filter.ts'
import { ListBuilder, mergeByScore } from './list-builder.ts'
import { parseListRequest } from './list-request.ts'
import { aCatalog, aListContext } from './pipeline/testing/a-list-context.ts'

const id = fc.integer({ min: 0, max: 30 }).map((n) => `i${n}`)
const category = fc.constantFrom('a', 'b', 'c')
const item = fc.record({
  id,
  available: fc.boolean(),
  categories: fc.uniqueArray(category, { maxLength: 2 }),
  price: fc.option(fc.integer({ min: 0, max: 9 })),
})
const filter: fc.Arbitrary<ItemFilter | null> = fc.option(
  fc.record(
    { categories: fc.array(category), excludeCategories: fc.array(category), minPrice: fc.integer({ min: 0, max: 9 }) },
    { requiredKeys: [] },
  ),
)
const ranking: fc.Arbitrary<RankedItem[]> = fc.uniqueArray(id, { maxLength: 20 }).map((ids) =>
  ids.map((itemId, n) => ({
    itemId,
    score: 1 - n / 100,
    reason: { kind: 'because', itemId: 'i0', eventType: 'VIEW' },
  })),
)

test('whatever the sources say: every item is eligible, none comes twice, and the list is as long as it can be', () => {
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 40 }),
      filter,
      fc.array(id, { maxLength: 5 }),
      ranking,
      ranking,
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 0.3, 1),
      (items, asked, excluded, ranked, trending, first, diversity) => {
        const catalog = aCatalog(...items)
        const isEligible = eligibilityTest(asked)
        const exclude = new Set(excluded)
        const request = parseListRequest({ first, filter: asked, exclude: excluded, diversity })
        const picks = new ListBuilder(aListContext(catalog, { request }))
          .addRanked(ranked)
          .fill(trending)
          .fillWithNewest()
          .toPicks()
        const eligible = [...catalog.items.values()].filter((one) => isEligible(one) && !exclude.has(one.id))
        expect(picks.length).toBe(Math.min(first, eligible.length))
        expect(new Set(picks.map((pick) => pick.item)).size).toBe(picks.length)
        for (const [n, pick] of picks.entries()) {
          expect(eligible).toContain(pick.item)
          expect(pick.rank).toBe(n + 1)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('without diversity the order of the ranking is kept', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), ranking, (items, ranked) => {
      const catalog = aCatalog(...items)
      const picks = new ListBuilder(aListContext(catalog)).addRanked(ranked).toPicks()
      const expected = ranked.map(({ itemId }) => itemId).filter((one) => catalog.get(one)?.available)
      expect(picks.map((pick) => pick.item.id)).toEqual(expected)
    }),
  )
})

test('two lists, each best first, merge into one that is', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 })).map((list) => list.sort((a, b) => b - a))
  const toRanked = (list: number[]): RankedItem[] =>
    list.map((score) => ({ itemId: `i${score}`, score, reason: { kind: 'pinned' } }))
  fc.assert(
    fc.property(scores, scores, (a, b) => {
      const merged = mergeByScore(toRanked(a), toRanked(b)).map(({ score }) => score)
      expect(merged).toEqual([...a, ...b].sort((x, y) => y - x))
    }),
  )
})
