import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addSeen, boundSeen, hasSeen, mergeSeen, type SeenItems, seenCharsMax, seenIdsMax } from './seen.ts'

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

const idOf = (k: number, width = 10): string => `i${String(k).padStart(width - 1, '0')}`

function manySeen(length: number, width?: number): SeenItems {
  return { ids: Array.from({ length }, (_, k) => idOf(k, width)), counts: new Array(length).fill(1) }
}

test('boundSeen returns a set at the limits itself', () => {
  const most = manySeen(seenIdsMax)
  expect(boundSeen(most, () => new Set())).toBe(most)
  const longest = manySeen(seenCharsMax / 256, 256)
  expect(boundSeen(longest, () => new Set())).toBe(longest)
})

test.each([
  ['ids', manySeen(seenIdsMax + 1)],
  ['characters', manySeen(seenCharsMax / 256 + 1, 256)],
  ['ids, by far', manySeen(3 * seenIdsMax, 64)],
])('boundSeen cuts a set that is above the limit of %s below it, and changes no argument', (_, large) => {
  const copy = structuredClone(large)
  const { ids, counts } = boundSeen(large, () => new Set())
  expect(ids.length).toBeLessThan(seenIdsMax)
  expect(ids.join('').length).toBeLessThan(seenCharsMax)
  expect(ids.join('').length).toBeGreaterThan(0.9 * Math.min(seenCharsMax, seenIdsMax * ids[0]!.length))
  expect(ids).toEqual(ids.toSorted())
  expect(counts).toHaveLength(ids.length)
  expect(large).toEqual(copy)
})

test('boundSeen keeps recent items and those with more events', () => {
  const large = manySeen(seenIdsMax + 1)
  const recent = new Set(Array.from({ length: 200 }, (_, k) => idOf(k * 20)))
  large.counts.fill(2, 4000)
  const bounded = boundSeen(large, () => recent)
  for (const id of recent) expect(hasSeen(bounded, id)).toBe(true)
  for (const id of large.ids.slice(4000)) expect(hasSeen(bounded, id)).toBe(true)
  for (const [k, id] of bounded.ids.entries()) expect(bounded.counts[k]).toBe(id >= idOf(4000) ? 2 : 1)
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
