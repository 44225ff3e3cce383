import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EventIds, hashOfId, hasId, noEventIds, withId } from './event-ids.ts'

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

test('hashes are compared whole: one that lies across two others is not known', () => {
  const [a, b] = [hashOfId('a'), hashOfId('b')]
  const ids = withId(withId(noEventIds, a), b)
  const across = Buffer.concat([a.subarray(4), b.subarray(0, 4)])
  expect(hasId(ids, across)).toBe(false)
})
