import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aList, ranked } from '../../test/support/builders.ts'
import { decodeList, encodeList, standingList, type UserList } from './list.ts'

/** A list as often as it is ranked anew: for the same or a later position of its revision, with other items. */
const lists = fc
  .array(fc.record({ changed: fc.nat(4), later: fc.nat(3) }), { minLength: 1, maxLength: 20 })
  .map((all) =>
    all.map(({ changed, later }, n) => {
      // The next revision begins behind all positions of this one.
      const list = aList({ offset: 10 * changed + later, unseen: ranked(`item-${n}`) })
      return { ...list, changed: 10 * changed, backfilled: n }
    }),
  )

const stand = (topic: readonly UserList[]): UserList => {
  const [first, ...rest] = topic.map((list) => encodeList(list))
  return decodeList(rest.reduce<Uint8Array>(standingList, first!))
}

test('of the lists of a topic stands the first of the greatest revision, at the greatest position', () => {
  fc.assert(
    fc.property(lists, (topic) => {
      const newest = Math.max(...topic.map(({ changed }) => changed))
      const same = topic.filter(({ changed }) => changed === newest)
      const standing = stand(topic)
      expect(standing.unseen).toEqual(same[0]!.unseen)
      expect(standing.position.offset).toBe(Math.max(...same.map(({ position }) => position.offset)))
    }),
  )
})

test('whoever begins with what stood before any record of the topic comes to the same', () => {
  fc.assert(
    fc.property(lists, fc.nat(), fc.nat(), (topic, a, b) => {
      // The sink stores up to `stored` and a reader, or the sink after a crash, goes on from `committed`, not after it.
      const stored = a % topic.length
      const committed = b % (stored + 1)
      const row = encodeList(stand(topic.slice(0, stored + 1)))
      const read = topic.slice(committed).map((list) => encodeList(list))
      const { unseen, position, changed } = decodeList(read.reduce<Uint8Array>(standingList, row))
      const all = stand(topic)
      expect({ unseen, position, changed }).toEqual({
        unseen: all.unseen,
        position: all.position,
        changed: all.changed,
      })
    }),
  )
})
