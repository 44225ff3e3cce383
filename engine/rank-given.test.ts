import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anInteraction, anItem, minuteMs, TestPipeline } from './test-builders.ts'
import { emptyProfile } from './user/profile.ts'
import { toSnapshot, type UserSnapshot } from './user/snapshot.ts'

const shop = (count: number) =>
  Array.from({ length: count }, (_, k) =>
    anItem({ id: `item-${k}`, title: `thing ${k}`, categories: [`c${k % 3}`], price: 10 + k }),
  )
/** Of each given item, best first: its id, its score and its reason. */
function rank(world: TestPipeline, user: UserSnapshot, given: readonly string[], now: number) {
  const { places, scores, reasons } = world.recommender.rankGiven(user, given, { now })
  return Array.from(places, (place, k) => ({ itemId: given[place]!, score: scores[k]!, reason: reasons[k]! }))
}
const idsOf = (list: readonly { itemId: string }[]) => list.map(({ itemId }) => itemId)

describe('given items', () => {
  test('come in the order of the list of the user, whatever order they are given in', () => {
    const visits = fc.array(fc.record({ user: fc.constantFrom('ann', 'bob', 'cid'), item: fc.nat(29) }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(visits, fc.infiniteStream(fc.nat()), (events, random) => {
        const world = new TestPipeline(shop(30))
        events.forEach(({ user, item }, k) => {
          world.learn(anInteraction({ userId: user, itemId: `item-${item}`, type: 'VIEW', timestamp: k * minuteMs }))
        })
        const user = toSnapshot(world.profileOf('ann'))
        const now = events.length * minuteMs
        const list = world.recommender.recommend(user, { now, limit: 30 }).filter(({ score }) => score > 0)
        const shuffled = idsOf(list)
          .map((id) => ({ id, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ id }) => id)
        expect(idsOf(rank(world, user, shuffled, now))).toEqual(idsOf(list))
      }),
    )
  })

  test('have the scores and reasons of the stored list, seen items between the others', () => {
    const types = fc.constantFrom('VIEW', 'PURCHASE', 'RATING', 'CART')
    const events = fc.array(fc.record({ user: fc.constantFrom('ann', 'bob', 'cid'), item: fc.nat(19), type: types }), {
      minLength: 5,
      maxLength: 80,
    })
    fc.assert(
      fc.property(events, (all) => {
        const world = new TestPipeline(shop(20))
        all.forEach(({ user, item, type }, k) => {
          world.learn(anInteraction({ userId: user, itemId: `item-${item}`, type, timestamp: k * minuteMs }))
        })
        const user = toSnapshot(world.profileOf('ann'))
        const now = all.length * minuteMs
        const { unseen, seen } = world.recommender.recommendParts(user, { now, limit: 20, seenMax: 20 })
        const stored = [...unseen.filter(({ score }) => score > 0), ...seen].sort((a, b) => b.score - a.score)
        const given = idsOf(stored).sort()
        const ranked = rank(world, user, given, now)
        const bySimpleSort = [...ranked].sort((a, b) => b.score - a.score)
        expect(idsOf(ranked)).toEqual(idsOf(bySimpleSort))
        const unknown = ranked.filter(({ reason }) => reason.kind === 'new').map(({ itemId }) => itemId)
        const known = ({ itemId }: { itemId: string }) => !unknown.includes(itemId)
        expect(ranked.filter(known)).toEqual(stored.filter(known).map(({ source: _, ...entry }) => entry))
      }),
    )
  })

  test('are all there, also those that no source knows; only what is unknown, gone or rejected is left out', () => {
    const world = new TestPipeline([...shop(40), anItem({ id: 'gone', available: false })])
    world.learn(anInteraction({ itemId: 'item-1', type: 'VIEW', timestamp: minuteMs }))
    world.learn(anInteraction({ itemId: 'item-2', type: 'PURCHASE', timestamp: 2 * minuteMs }))
    world.learn(anInteraction({ itemId: 'item-3', type: 'DISMISS', timestamp: 3 * minuteMs }))
    const given = ['gone', 'never heard of', 'item-9', 'item-3', 'item-2', 'item-1', 'item-9']
    const ranked = rank(world, toSnapshot(world.profileOf('ann')), given, 4 * minuteMs)
    expect(idsOf(ranked).sort()).toEqual(['item-1', 'item-2', 'item-9'])
  })

  test('of which nothing is known are said to be new, not popular', () => {
    const world = new TestPipeline(shop(5))
    world.learn(anInteraction({ userId: 'bob', itemId: 'item-1', timestamp: minuteMs }))
    const stranger = toSnapshot(emptyProfile('nobody'))
    const [first, second] = rank(world, stranger, ['item-4', 'item-1'], 2 * minuteMs)
    expect(first).toMatchObject({ itemId: 'item-1', reason: { kind: 'popular' } })
    expect(second).toMatchObject({ itemId: 'item-4', reason: { kind: 'new' } })
  })

  test('may be 1,000, and are scored beside the candidates of the list', () => {
    const world = new TestPipeline(shop(3_000))
    for (let k = 0; k < 600; k++) {
      world.learn(anInteraction({ userId: `u${k % 50}`, itemId: `item-${(k * 7) % 3_000}`, timestamp: k * minuteMs }))
    }
    const user = toSnapshot(world.profileOf('u1'))
    const given = Array.from({ length: 1_000 }, (_, k) => `item-${k * 3}`)
    const ranked = idsOf(rank(world, user, given, 700 * minuteMs))
    expect([...ranked].sort()).toEqual([...given].sort())
  })
})
