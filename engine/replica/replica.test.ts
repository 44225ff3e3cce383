import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pairColumns } from '../items/row.ts'
import { seededRandom } from '../math/random.ts'
import { PairLists, pairWords, strongPairsMax } from './pair-lists.ts'
import { TrendBoard, trendCount } from './trend-board.ts'

const itemCount = 12
const itemIds = Array.from({ length: itemCount }, (_, k) => `item-${k}`)

describe('pair lists', () => {
  test('hold from the earlier item exactly what the rows of the later items say', () => {
    const rows = fc.array(
      fc.record({
        item: fc.nat(itemCount - 1),
        earlier: fc.uniqueArray(fc.nat(itemCount - 1), { maxLength: 8 }),
        seed: fc.nat(99),
        at: fc.constantFrom(0, 1, 1e12),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(rows, (puts) => {
        const lists = new PairLists(itemIds)
        for (let k = 0; k < itemCount; k++) lists.addItem()
        const naive = new Map<number, Map<number, number>>()
        for (const { item, earlier, seed, at } of puts) {
          const weightOf = (source: number) => (source % 2 === 0 ? source : seed) // half of them stay as they are
          const weights = Float32Array.from({ length: earlier.length * pairColumns }, (_, k) =>
            weightOf(earlier[Math.floor(k / pairColumns)]!),
          )
          lists.putRow(item, Int32Array.from(earlier), weights, at)
          naive.set(item, new Map(earlier.map((source) => [source, weightOf(source)])))
        }
        for (let source = 0; source < itemCount; source++) {
          const found = new Map([...lists.pairsOf(source)].map(([item, weights]) => [item, weights[0]!]))
          const expected = [...naive].flatMap(([item, row]) =>
            row.has(source) ? [[item, row.get(source)!] as const] : [],
          )
          expect(found).toEqual(new Map(expected))
        }
      }),
    )
  })
})

test('a long list shows its strongest pairs, by id where equal, however they came', () => {
  const many = strongPairsMax * 3
  const ids = Array.from({ length: many + 1 }, (_, k) => `item-${(k * 7919) % 10_007}`)
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1, 3, 40, 1000), (seed, kinds) => {
      const random = seededRandom(seed)
      const lists = new PairLists(ids)
      for (let k = 0; k <= many; k++) lists.addItem()
      const strengths = new Map<number, number>()
      for (let step = 0; step < 2500; step++) {
        const item = 1 + Math.floor(random() * many)
        const isKept = random() < 0.9
        const near = 1 + Math.floor(random() * kinds)
        lists.putRow(item, isKept ? Int32Array.of(0) : new Int32Array(0), Float32Array.of(near, 0, 0, 0), 0)
        if (isKept) strengths.set(item, near)
        else strengths.delete(item)
        if (step % 100 > 0) continue
        const { ints, from, count } = lists.read(0)
        const shown = Array.from({ length: count }, (_, place) => ints[from + place * pairWords]!)
        const expected = [...strengths.keys()].sort(
          (a, b) => strengths.get(b)! - strengths.get(a)! || (ids[a]! < ids[b]! ? -1 : 1),
        )
        expect(shown.sort((a, b) => a - b)).toEqual(expected.slice(0, strongPairsMax).sort((a, b) => a - b))
      }
    }),
    { numRuns: 20 },
  )
})

test('the strongest of equal pairs are selected with a number of id comparisons that is linear in the pairs', () => {
  const many = 1 << 15
  let idReads = 0
  const names = Array.from({ length: many + 1 }, (_, k) => `item-${(k * 7919) % 1_000_003}`)
  const get = (target: string[], key: string | symbol) => {
    idReads++
    return Reflect.get(target, key)
  }
  const ids = new Proxy(names, { get })
  const lists = new PairLists(ids)
  for (let k = 0; k <= many; k++) lists.addItem()
  for (let item = 1; item <= many; item++) lists.putRow(item, Int32Array.of(0), Float32Array.of(1, 0, 0, 0), 0)
  const shownOf = () => {
    const { ints, from, count } = lists.read(0)
    return Array.from({ length: count }, (_, place) => ints[from + place * pairWords]!)
  }
  const sorted = names.slice(1).sort((a, b) => (a < b ? -1 : 1))
  expect(idReads).toBeLessThan(64 * many)
  for (const item of shownOf()) lists.putRow(item, new Int32Array(0), new Float32Array(0), 0)
  idReads = 0
  const shown = shownOf()
  expect(shown.map((item) => names[item]!).sort()).toEqual(sorted.slice(strongPairsMax, 2 * strongPairsMax))
  expect(idReads).toBeLessThan(16 * many)
})

test('pairs of items that lose them leave no memory behind', () => {
  const items = 400
  const ids = Array.from({ length: items }, (_, k) => `item-${k}`)
  const lists = new PairLists(ids)
  for (let k = 0; k < items; k++) lists.addItem()
  // Each round moves all pairs to other earlier items.
  const putAll = (round: number) => {
    const predecessors = Int32Array.from({ length: 100 }, (_, k) => (round * 100 + k) % items)
    for (let item = 0; item < items; item++)
      lists.putRow(item, predecessors, new Float32Array(100 * pairColumns).fill(1), 0)
  }
  for (let round = 0; round < 8; round++) putAll(round)
  const { bytes } = lists
  for (let round = 8; round < 40; round++) putAll(round)
  expect(lists.bytes).toBe(bytes)
})

describe('a trend board', () => {
  test('keeps the order of the decayed counts as items rise and fall', () => {
    const puts = fc.array(
      fc.record({ item: fc.nat(itemCount - 1), count: fc.integer({ min: 0, max: 50 }), at: fc.nat(1e9) }),
    )
    fc.assert(
      fc.property(puts, (list) => {
        const board = new TrendBoard(itemIds)
        for (let k = 0; k < itemCount; k++) board.addItem()
        const levels = new Map<number, number[]>()
        for (const { item, count, at } of list) {
          board.put(item, Array(trendCount).fill(count), at)
          levels.set(item, Array.from(board.levels.subarray(item * trendCount, (item + 1) * trendCount)))
        }
        for (let k = 0; k < trendCount; k++) {
          const shown = Array.from(board.board(k), (item) => levels.get(item)![k]!)
          const expected = [...levels.values()].map((row) => row[k]!).filter((level) => level > -Infinity)
          expect(shown).toEqual(expected.sort((a, b) => b - a))
        }
      }),
    )
  })
})
