import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { weightsOf } from './rank/blend.ts'
import { Recommender } from './recommender.ts'
import { anInteraction, anItem, minuteMs, TestPipeline } from './test-builders.ts'
import { emptyProfile } from './user/profile.ts'
import { toSnapshot } from './user/snapshot.ts'

const stranger = toSnapshot(emptyProfile('nobody'))

function shop(count: number) {
  return Array.from({ length: count }, (_, k) =>
    anItem({ id: `item-${k}`, title: `thing ${k}`, categories: [`c${k % 3}`] }),
  )
}

describe('recommendations', () => {
  test('are never empty while an item may be listed', () => {
    const world = new TestPipeline(shop(5))
    expect(world.recommender.recommend(stranger, { now: 0, limit: 3 })).toHaveLength(3)
    expect(world.recommender.recommend(stranger, { now: 0, limit: 20 })).toHaveLength(5)
    const all = new Set(shop(4).map((item) => item.id))
    expect(world.recommender.recommend(stranger, { now: 0, limit: 3, exclude: all }).map((r) => r.itemId)).toEqual([
      'item-4',
    ])
  })

  test('give a stranger what trends, then new arrivals', () => {
    const world = new TestPipeline([...shop(5), anItem({ id: 'newest', title: 'new', publishedAt: 9 })])
    world.learn(anInteraction({ userId: 'bob', itemId: 'item-3', timestamp: minuteMs }))
    const [first, second] = world.recommender.recommend(stranger, { now: 2 * minuteMs, limit: 6 })
    expect(first).toMatchObject({ itemId: 'item-3', reason: { kind: 'popular' } })
    expect(second).toMatchObject({ itemId: 'newest', reason: { kind: 'new', publishedAt: 9 } })
  })

  test('leave out what was bought, unless asked, and what its owner took away, always', () => {
    const world = new TestPipeline(shop(3))
    world.learn(anInteraction({ itemId: 'item-0' }))
    world.recommender.removeItem('item-1')
    const user = toSnapshot(world.profileOf('ann'))
    const ids = (includeSeen: boolean) =>
      world.recommender.recommend(user, { now: 1e9, limit: 9, includeSeen }).map((r) => r.itemId)
    expect(ids(false)).toEqual(['item-2'])
    expect(ids(true).sort()).toEqual(['item-0', 'item-2'])
  })

  test('that may repeat find what the user comes back to, though it was not bought lately', () => {
    const world = new TestPipeline(shop(90))
    const buy = (item: number) => world.learn(anInteraction({ itemId: `item-${item}` }))
    for (let round = 0; round < 6; round++) for (const item of [0, 1]) buy(item)
    for (let item = 2; item < 80; item++) buy(item)
    const user = toSnapshot(world.profileOf('ann'))
    expect(user.items).not.toContain('item-0')
    const byHabit = { now: user.newestAt, limit: 2, adjustWeights: () => weightsOf({ habit: 1 }) }
    const ids = (includeSeen: boolean) =>
      world.recommender.recommend(user, { ...byHabit, includeSeen }).map(({ itemId }) => itemId)
    expect(ids(true)).toEqual(['item-1', 'item-0'])
    expect(ids(false)).not.toContain('item-1')
  })

  test('follow what others took next, and say why', () => {
    const world = new TestPipeline(shop(40))
    for (const userId of ['bob', 'cid'])
      world.learn(
        anInteraction({ userId, itemId: 'item-1', timestamp: minuteMs }),
        anInteraction({ userId, itemId: 'item-30', timestamp: 2 * minuteMs }),
      )
    world.learn(anInteraction({ itemId: 'item-1', type: 'VIEW', timestamp: 3 * minuteMs }))
    const [first] = world.recommender.recommend(toSnapshot(world.profileOf('ann')), { now: 3 * minuteMs, limit: 5 })
    expect(first).toMatchObject({ itemId: 'item-30', reason: { kind: 'because', itemId: 'item-1', eventType: 'VIEW' } })
  })

  test('reach an item without events through its words', () => {
    const world = new TestPipeline([
      ...shop(30),
      anItem({ id: 'cup', title: 'porcelain cup' }),
      anItem({ id: 'saucer', title: 'porcelain saucer' }),
    ])
    world.learn(anInteraction({ itemId: 'cup' }))
    const list = world.recommender.recommend(toSnapshot(world.profileOf('ann')), { now: 1e9, limit: 3 })
    expect(list[0]!.itemId).toBe('saucer')
    expect(world.recommender.similar('cup', { limit: 1 })[0]!.itemId).toBe('saucer')
  })

  test('are the same from live rows as from rows that were restored in any order', () => {
    const history = fc.array(fc.record({ userId: fc.constantFrom('ann', 'bob', 'cid'), item: fc.nat(9) }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(history, (events) => {
        const world = new TestPipeline(shop(10))
        events.forEach(({ userId, item }, k) => {
          world.learn(anInteraction({ userId, itemId: `item-${item}`, type: 'VIEW', timestamp: k * minuteMs }))
        })
        const restored = new Recommender()
        for (const item of shop(10)) restored.putItem(item)
        for (const row of [...world.rows.values()].reverse()) restored.putRow(structuredClone(row))
        const user = toSnapshot(world.profileOf('ann'))
        const options = { now: 100 * minuteMs, limit: 10 }
        const [live, later] = [world.recommender.recommend(user, options), restored.recommend(user, options)]
        expect(later.map((r) => r.itemId)).toEqual(live.map((r) => r.itemId))
      }),
      { numRuns: 50 },
    )
  })

  test('do not depend on how items are called', () => {
    const lists = ['item', 'zebra'].map((prefix) => {
      const world = new TestPipeline()
      for (let k = 0; k < 60; k++)
        world.learn(
          anInteraction({
            userId: `u${k % 5}`,
            itemId: `${prefix}-${(k * k) % 17}`,
            type: 'CLICK',
            timestamp: k * minuteMs,
          }),
        )
      const user = toSnapshot(world.profileOf('u1'))
      return world.recommender.recommend(user, { now: 60 * minuteMs, limit: 10 }).map((r) => r.itemId.split('-')[1])
    })
    expect(lists[1]).toEqual(lists[0])
  })
})

test('trending lists fall back on the catalog, together leaves out the basket', () => {
  const world = new TestPipeline(shop(6))
  world.learn(anInteraction({ itemId: 'item-4' }), anInteraction({ itemId: 'item-2' }))
  expect(world.recommender.trending('HOUR', { limit: 6 })).toHaveLength(6)
  const list = world.recommender.together(['item-4', 'unknown'], { limit: 2 })
  expect(list[0]!.itemId).toBe('item-2')
  expect(list.map((r) => r.itemId)).not.toContain('item-4')
})
