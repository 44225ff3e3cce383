import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PAIR_COLUMNS } from '../items/row.ts'
import { PairLists } from './pair-lists.ts'
import { TRENDS, TrendBoard } from './trend-board.ts'

const ITEMS = 12

describe('pair lists', () => {
  test('hold from the earlier item exactly what the rows of the later items say', () => {
    const rows = fc.array(
      fc.record({
        item: fc.nat(ITEMS - 1),
        earlier: fc.uniqueArray(fc.nat(ITEMS - 1), { maxLength: 8 }),
        seed: fc.nat(99),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(rows, (puts) => {
        const lists = new PairLists()
        for (let k = 0; k < ITEMS; k++) lists.addItem()
        const naive = new Map<number, Map<number, number>>()
        for (const { item, earlier, seed } of puts) {
          const weights = Float32Array.from({ length: earlier.length * PAIR_COLUMNS }, (_, k) => seed + k)
          lists.putRow(item, Int32Array.from(earlier), weights)
          naive.set(item, new Map(earlier.map((source, k) => [source, seed + k * PAIR_COLUMNS])))
        }
        for (let source = 0; source < ITEMS; source++) {
          const found = new Map<number, number>()
          for (let p = 0; p < lists.counts[source]!; p++)
            found.set(lists.later[source]![p]!, lists.weights[source]![p * PAIR_COLUMNS]!)
          const expected = [...naive].flatMap(([item, row]) =>
            row.has(source) ? [[item, row.get(source)!] as const] : [],
          )
          expect(found).toEqual(new Map(expected))
        }
      }),
    )
  })
})

describe('a trend board', () => {
  test('keeps the order of the decayed counts as items rise and fall', () => {
    const puts = fc.array(
      fc.record({ item: fc.nat(ITEMS - 1), count: fc.integer({ min: 0, max: 50 }), at: fc.nat(1e9) }),
    )
    fc.assert(
      fc.property(puts, (list) => {
        const board = new TrendBoard()
        for (let k = 0; k < ITEMS; k++) board.addItem()
        const levels = new Map<number, number[]>()
        for (const { item, count, at } of list) {
          board.put(item, Array(TRENDS).fill(count), at)
          levels.set(item, Array.from(board.levels.subarray(item * TRENDS, (item + 1) * TRENDS)))
        }
        for (let k = 0; k < TRENDS; k++) {
          const shown = Array.from(board.board(k), (item) => levels.get(item)![k]!)
          const expected = [...levels.values()].map((row) => row[k]!).filter((level) => level > -Infinity)
          expect(shown).toEqual(expected.sort((a, b) => b - a))
        }
      }),
    )
  })
})
