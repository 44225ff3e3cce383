import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kthInOrder } from './select.ts'

test('kthInOrder returns what a plain sort puts at that rank', () => {
  const cases = fc
    .uniqueArray(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 200 })
    .chain((ids) => fc.record({ ids: fc.constant(ids), wanted: fc.integer({ min: 1, max: ids.length }) }))
  fc.assert(
    fc.property(cases, ({ ids, wanted }) => {
      const items = Int32Array.from(ids, (_, item) => item)
      const found = kthInOrder(items, ids.length, wanted, (a, b) => ids[a]! < ids[b]!)
      const sorted = [...ids].sort((a, b) => (a < b ? -1 : 1))
      expect(ids[found]).toBe(sorted[wanted - 1])
    }),
  )
})

test.each([
  ['rising', (k: number) => k],
  ['falling', (k: number) => -k],
  ['rising and falling', (k: number) => (k % 2 === 0 ? k : -k)],
])('kthInOrder compares a number of times that is linear in the items: %s order', (_, rankOf) => {
  const count = 1 << 17
  let comparisons = 0
  const isBefore = (a: number, b: number) => {
    comparisons++
    return rankOf(a) < rankOf(b)
  }
  kthInOrder(
    Int32Array.from({ length: count }, (_, k) => k),
    count,
    192,
    isBefore,
  )
  expect(comparisons).toBeLessThan(8 * count)
})
