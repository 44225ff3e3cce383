import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addSeen, mergeSeen, type SeenItems } from './seen.ts'

const none: SeenItems = { ids: [], counts: [] }

test('mergeSeen returns the sorted sum of both sets and changes neither', () => {
  const ids = fc.array(fc.string({ maxLength: 2 }), { maxLength: 60 })
  fc.assert(
    fc.property(ids, ids, (left, right) => {
      const setOf = (of: readonly string[]) => of.reduce((seen, id) => addSeen(seen, id), none)
      const [a, b] = [setOf(left), setOf(right)]
      expect(mergeSeen(a, b)).toEqual(setOf([...left, ...right]))
      expect([a, b]).toEqual([setOf(left), setOf(right)])
    }),
  )
})

test('mergeSeen copies no set for each item that it adds', () => {
  const large = 1 << 10
  const setOf = (suffix: string): SeenItems => {
    const ids = Array.from({ length: large }, (_, k) => `item-${String(k).padStart(6, '0')}${suffix}`)
    return { ids, counts: new Array(large).fill(1) }
  }
  const [a, b] = [setOf('a'), setOf('b')]
  let copied = 0
  for (const list of [a.ids, a.counts, b.ids, b.counts]) countCopies(list, (length) => (copied += length))
  expect(mergeSeen(a, b).ids).toHaveLength(2 * large)
  expect(copied).toBeLessThanOrEqual(4 * large)
})

/** Reports the length of each copy that slice makes of a list, and of each copy of a copy. */
function countCopies(list: unknown[], onCopy: (length: number) => void): void {
  list.slice = (from, to) => {
    const copy = Array.prototype.slice.call(list, from, to)
    onCopy(copy.length)
    countCopies(copy, onCopy)
    return copy
  }
}
