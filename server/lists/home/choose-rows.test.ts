import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseRows, type RowCandidate } from './choose-rows.ts'

const row = (kind: string, ...items: (readonly [string, number])[]): RowCandidate => ({
  kind,
  items: items.map(([itemId, appeal]) => ({ itemId, appeal })),
})
const shown = (page: readonly RowCandidate[]) =>
  page.map(({ kind, items }) => `${kind}: ${items.map(({ itemId }) => itemId).join('')}`)
const limits = { rows: 9, first: 3, itemsMin: 2 }

test('the row with the most expected clicks comes first, and keeps what it shares with others', () => {
  const page = chooseRows(
    [row('TRENDING', ['a', 0.2], ['b', 0.2], ['x', 0.2]), row('FOR_YOU', ['a', 1], ['b', 0.9], ['c', 0.8], ['d', 0.7])],
    limits,
  )
  expect(shown(page)).toEqual(['FOR_YOU: abc'])
})

test('a click is less likely further down a row', () => {
  const early = row('NEW', ['a', 0.9], ['b', 0.1])
  const late = row('TRENDING', ['c', 0.1], ['d', 0.9])
  expect(shown(chooseRows([late, early], limits))).toEqual(['NEW: ab', 'TRENDING: cd'])
})

test('a second row of a kind counts half', () => {
  const page = chooseRows(
    [
      row('CATEGORY', ['a', 1], ['b', 1]),
      row('CATEGORY', ['c', 0.9], ['d', 0.9]),
      row('NEW', ['e', 0.6], ['f', 0.6]),
      row('BUY_AGAIN', ['g', 0.4], ['h', 0.4]),
    ],
    limits,
  )
  expect(shown(page)).toEqual(['CATEGORY: ab', 'NEW: ef', 'CATEGORY: cd', 'BUY_AGAIN: gh'])
})

test('of one group, the page has one item', () => {
  const items = ['a', 'b', 'c', 'd'].map((itemId, n) => ({ itemId, groupId: n < 2 ? 'same' : null, appeal: 1 }))
  expect(
    shown(
      chooseRows(
        [
          { kind: 'FOR_YOU', items },
          { kind: 'NEW', items },
        ],
        { ...limits, itemsMin: 1 },
      ),
    ),
  ).toEqual(['FOR_YOU: acd'])
})

const candidates = fc.array(
  fc.record({
    kind: fc.constantFrom('FOR_YOU', 'CATEGORY', 'NEW'),
    items: fc.uniqueArray(
      fc.record({ itemId: fc.nat(40).map(String), appeal: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        selector: ({ itemId }) => itemId,
      },
    ),
  }),
  { maxLength: 12 },
)
const anyLimits = fc.record({
  rows: fc.integer({ min: 1, max: 20 }),
  first: fc.integer({ min: 1, max: 12 }),
  itemsMin: fc.integer({ min: 1, max: 5 }),
})

test('no item is in two rows, every row is within its bounds, and no row that would fit is left out', () => {
  fc.assert(
    fc.property(candidates, anyLimits, (given, { rows: most, first, itemsMin }) => {
      const rows = given.map((candidate, n) => ({ ...candidate, name: n }))
      const page = chooseRows(rows, { rows: most, first, itemsMin })
      const ids = page.flatMap(({ items }) => items.map(({ itemId }) => itemId))
      expect(new Set(ids).size).toBe(ids.length)
      expect(page.length).toBeLessThanOrEqual(most)
      for (const { items } of page) {
        expect(items.length).toBeGreaterThanOrEqual(itemsMin)
        expect(items.length).toBeLessThanOrEqual(first)
      }
      if (page.length === most || first < itemsMin) return
      const chosen = new Set(page.map(({ name }) => name))
      const others = rows.filter(({ name }) => !chosen.has(name))
      const remaining = others.map(({ items }) => items.filter(({ itemId }) => !ids.includes(itemId)).length)
      expect(remaining.filter((count) => count >= itemsMin)).toHaveLength(0)
    }),
  )
})
