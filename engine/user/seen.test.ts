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

test('mergeSeen reads the ids of two large sets a number of times that is linear in them', () => {
  const large = 1 << 13
  let reads = 0
  const counted = (prefix: string): SeenItems => {
    const ids = Array.from({ length: large }, (_, k) => `item-${String(k).padStart(6, '0')}${prefix}`)
    const get = (target: string[], key: string | symbol) => {
      reads++
      return Reflect.get(target, key)
    }
    return { ids: new Proxy(ids, { get }), counts: new Array(large).fill(1) }
  }
  expect(mergeSeen(counted('a'), counted('b')).ids).toHaveLength(2 * large)
  expect(reads).toBeLessThan(32 * large)
})
