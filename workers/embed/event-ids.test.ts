import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EventIds, hashOfId, hasId, noEventIds, olderBucketsMax, withId } from './event-ids.ts'

const remember = (ids: readonly string[]): EventIds =>
  ids.reduce<EventIds>((known, id) => withId(known, hashOfId(id)), noEventIds)

test('every id that was ever added is known, and no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 1000 }), fc.array(fc.string()), (added, others) => {
      const ids = remember(added)
      for (const id of added) expect(hasId(ids, hashOfId(id))).toBe(true)
      for (const id of others) expect(hasId(ids, hashOfId(id))).toBe(added.includes(id))
    }),
    { numRuns: 20 },
  )
})

test('a sealed bucket never changes again, so that it is written once', () => {
  let ids = noEventIds
  for (let n = 0; n < 1500; n++) {
    const before = ids.olderIds
    ids = withId(ids, hashOfId(`id ${n}`))
    before.forEach((bucket, k) => {
      expect(ids.olderIds[k]).toBe(bucket)
    })
    expect(ids.recentIds.length).toBeLessThan(256 * 8)
  }
  expect(ids.olderIds).toHaveLength(10)
  for (const bucket of ids.olderIds) expect(bucket).toHaveLength(128 * 8)
})

test('the oldest bucket falls out where there are too many, and their number goes on', () => {
  const sealed = (count: number) => remember(Array.from({ length: 128 * (count + 1) }, (_, n) => `id ${n}`))
  const full = sealed(olderBucketsMax)
  expect([full.olderIds.length, full.olderDropped]).toEqual([olderBucketsMax, undefined])
  expect(hasId(full, hashOfId('id 0'))).toBe(true)
  const over = sealed(olderBucketsMax + 2)
  expect([over.olderIds.length, over.olderDropped]).toEqual([olderBucketsMax, 2])
  expect(over.olderIds[0]).toEqual(full.olderIds[2])
  expect(['id 0', 'id 255', 'id 256'].map((id) => hasId(over, hashOfId(id)))).toEqual([false, false, true])
})

test('hashes are compared whole: one that lies across two others is not known', () => {
  const [a, b] = [hashOfId('a'), hashOfId('b')]
  const ids = withId(withId(noEventIds, a), b)
  const across = Buffer.concat([a.subarray(4), b.subarray(0, 4)])
  expect(hasId(ids, across)).toBe(false)
})
