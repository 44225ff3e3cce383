import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Arrivals } from './arrivals.ts'

test('the order follows additions, removals and changed sort keys, whenever it is read', () => {
  const step = fc.record({ item: fc.nat(9), key: fc.nat(5), isIn: fc.boolean(), reads: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const keys = new Map<number, number>()
      const isBefore = (a: number, b: number) => keys.get(a)! - keys.get(b)! || a - b
      const arrivals = new Arrivals((a, b) => isBefore(a, b) < 0)
      const listed = new Set<number>()
      for (const { item, key, isIn, reads } of steps) {
        if (listed.delete(item)) arrivals.remove(item)
        keys.set(item, key)
        if (isIn) {
          listed.add(item)
          arrivals.add(item)
        }
        if (reads) expect(arrivals.read()).toEqual([...listed].sort(isBefore))
      }
      expect(arrivals.read()).toEqual([...listed].sort(isBefore))
    }),
  )
})

test('a catalog that comes after its items were seen in events takes one pass, not one for each item', () => {
  let comparisons = 0
  const dates = new Map<number, number>()
  const arrivals = new Arrivals((a, b) => {
    comparisons++
    return (dates.get(a) ?? 0) > (dates.get(b) ?? 0)
  })
  const items = 2_000
  for (let item = 0; item < items; item++) arrivals.add(item)
  arrivals.read()
  comparisons = 0
  for (let item = 0; item < items; item++) {
    arrivals.remove(item)
    dates.set(item, item)
    arrivals.add(item)
  }
  expect(arrivals.read()).toHaveLength(items)
  expect(comparisons).toBeLessThan(items * 20)
})
