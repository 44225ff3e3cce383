import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anInteraction, anItem, minuteMs, TestPipeline } from '../test-builders.ts'
import { snapshotOfSession, toSnapshot } from '../user/snapshot.ts'

const shirt = (id: string, fields: object = {}) => anItem({ id, groupId: 'shirt', ...fields })

/** Users who buy trousers buy a shirt: `sold` of each variant. */
function shop(sold: Readonly<Record<string, number>>, ...others: string[]) {
  const ids = Object.keys(sold)
  const world = new TestPipeline([
    ...ids.map((id) => shirt(id)),
    ...['trousers', ...others].map((id) => anItem({ id })),
  ])
  let user = 0
  let timestamp = 0
  for (const [itemId, count] of Object.entries(sold)) {
    for (let n = 0; n < count; n++) {
      const userId = `u${user++}`
      timestamp += minuteMs
      const event = { userId, type: 'PURCHASE', timestamp } as const
      world.learn(anInteraction({ ...event, itemId: 'trousers' }), anInteraction({ ...event, itemId }))
    }
  }
  return { world, now: timestamp }
}
const trail = (...itemIds: string[]) =>
  snapshotOfSession(
    itemIds.map((itemId, n) => ({ itemId, type: 'VIEW' as const, timestamp: n })),
    null,
  )
const idsOf = (list: readonly { itemId: string }[]) => list.map(({ itemId }) => itemId)

describe('of a group a list has', () => {
  test('the best seller, at the place of the product', () => {
    const { world, now } = shop({ red: 2, blue: 5, green: 1 }, 'hat')
    const { recommender } = world
    expect(idsOf(recommender.recommend(trail('trousers'), { now, limit: 10 }))).toEqual(['blue', 'trousers', 'hat'])
    expect(idsOf(recommender.similar('trousers', { limit: 10 }))).toEqual(['blue', 'hat'])
    expect(idsOf(recommender.together(['trousers'], { limit: 10 }))).toEqual(['blue', 'hat'])
    expect(idsOf(recommender.trending('WEEK', { limit: 10 }))).toEqual(['trousers', 'blue', 'hat'])
  })

  test('the variant that the user touched last, if any', () => {
    const { world, now } = shop({ red: 2, blue: 5, green: 1 })
    const list = (...items: string[]) => idsOf(world.recommender.recommend(trail(...items), { now, limit: 10 }))
    expect(list('red', 'trousers')).toContain('red')
    expect(list('green', 'red', 'trousers')).toContain('red')
    expect(list('red', 'green', 'trousers')).toContain('green')
    for (const items of [['red'], ['red', 'green'], []]) {
      expect(list(...items).filter((id) => id !== 'trousers')).toHaveLength(1)
    }
  })

  test('another variant where that one is filtered out, excluded, not available or bought', () => {
    const { world, now } = shop({ red: 2, blue: 5, green: 1 })
    const { recommender } = world
    const list = (options: object) => idsOf(recommender.recommend(trail('trousers'), { now, limit: 10, ...options }))
    expect(list({ allow: (id: string) => id !== 'blue' })).toContain('red')
    expect(list({ exclude: new Set(['blue', 'red']) })).toContain('green')
    recommender.putItem(shirt('blue', { availableUntil: 5 }))
    expect(list({})).toContain('red')
    recommender.putItem(shirt('red', { available: false }))
    expect(list({})).toContain('green')
    expect(list({ availableAt: 4 })).toContain('blue')
    world.learn(anInteraction({ userId: 'me', itemId: 'green', type: 'PURCHASE', timestamp: now }))
    const { unseen, seen } = recommender.recommendParts(toSnapshot(world.profileOf('me')), {
      now,
      limit: 9,
      seenMax: 9,
    })
    expect([idsOf(unseen), idsOf(seen)]).toEqual([['trousers'], ['green']])
  })

  test('one, whatever the list; and the list is full while items of other groups are left', () => {
    const group = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
    const items = fc.uniqueArray(fc.record({ id: fc.nat(30).map(String), groupId: group }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 25,
    })
    const events = fc.array(fc.tuple(fc.constantFrom('u', 'v', 'w'), fc.nat(30).map(String)), { maxLength: 40 })
    fc.assert(
      fc.property(items, events, fc.integer({ min: 1, max: 30 }), (catalog, touches, limit) => {
        const world = new TestPipeline(catalog.map((item) => anItem(item)))
        touches.forEach(([userId, itemId], n) => {
          world.learn(anInteraction({ userId, itemId, type: 'VIEW', timestamp: n * minuteMs }))
        })
        const known = new Map(catalog.map(({ id, groupId }) => [id, groupId]))
        const products = new Set(
          [...catalog.map(({ id }) => id), ...touches.map(([, id]) => id)].map((id) => known.get(id) ?? `item ${id}`),
        )
        const user = toSnapshot(world.profileOf('u'))
        const options = { now: 1e9, limit }
        const { recommender } = world
        for (const list of [
          recommender.recommend(user, options),
          recommender.recommendParts(user, { ...options, seenMax: 5 }).unseen,
          recommender.trending('DAY', options),
        ]) {
          const listed = idsOf(list).map((id) => known.get(id) ?? `item ${id}`)
          expect(new Set(listed).size).toBe(listed.length)
          expect(listed).toHaveLength(Math.min(limit, products.size))
        }
      }),
      { numRuns: 60 },
    )
  })
})
