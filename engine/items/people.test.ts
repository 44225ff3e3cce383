import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToFloats } from '../math/bytes.ts'
import { Recommender } from '../recommender.ts'
import { anInteraction, anItem, minuteMs, TestPipeline } from '../test-builders.ts'
import type { EventType, Interaction, TrendWindow } from '../types.ts'
import { historyEntriesMax } from '../user/profile.ts'
import { userTrendMax } from './deltas.ts'
import { pairColumns, sharedPredecessors } from './row.ts'
import { firstTouchTrendsFrom } from './trends.ts'

const dayMs = 24 * 60 * minuteMs

/** Distinct events, `stepMs` apart. */
const events = (count: number, stepMs: number, given: (n: number) => Partial<Interaction>): Interaction[] =>
  Array.from({ length: count }, (_, n) => anInteraction({ timestamp: n * stepMs, ...given(n) }))

describe('a trend', () => {
  const catalog = ['many', 'one'].map((id) => anItem({ id }))
  const buyers = events(900, 1000, (n) => ({ userId: `u${n}`, itemId: 'many' }))

  test.each<TrendWindow>(['HOUR', 'DAY', 'WEEK'])(
    '%s: 1,000 purchases of one shopper do not beat 900 buyers',
    (window) => {
      const world = new TestPipeline(catalog)
      world.learn(...buyers)
      world.learn(...events(1000, 900, () => ({ userId: 'shill', itemId: 'one' })))
      expect(world.recommender.trending(window, { limit: 2 }).map(({ itemId }) => itemId)).toEqual(['many', 'one'])
    },
  )

  test('1,000 dislikes of one shopper take away what one shopper gives', () => {
    const world = new TestPipeline(catalog)
    world.learn(...buyers)
    const before = world.rows.get('i:many')!
    world.learn(
      ...events(1000, 1, () => ({ userId: 'shill', itemId: 'many', type: 'DISLIKE', timestamp: before.lastAt })),
    )
    const after = world.rows.get('i:many')!
    before.trend.slice(0, firstTouchTrendsFrom).forEach((value, k) => {
      expect(value - after.trend[k]!).toBeLessThanOrEqual(userTrendMax + 1e-6)
    })
    expect(after.events).toBe(before.events)
  })

  test('whatever one user does, no counter of an item gets more than two persons give', () => {
    const touch = fc.record({
      type: fc.constantFrom<EventType>('VIEW', 'CLICK', 'CART', 'PURCHASE', 'RATING', 'LIKE', 'DISLIKE', 'CONSUME'),
      item: fc.constantFrom('tea', 'tea', 'tea', 'cup'),
      pauseMs: fc.constantFrom(0, 1000, 40 * minuteMs, dayMs),
    })
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 60 }), (touches) => {
        const world = new TestPipeline()
        let timestamp = 0
        for (const { type, item, pauseMs } of touches) {
          timestamp += pauseMs
          world.learn(anInteraction({ itemId: item, type, timestamp, value: type === 'RATING' ? 5 : null }))
          const trend = world.rows.get('i:tea')?.trend ?? []
          for (const value of trend.slice(0, firstTouchTrendsFrom)) {
            // A dislike of an item that nobody liked is not taken from it, and can be taken back.
            expect(value).toBeLessThanOrEqual(2 * userTrendMax + 1e-6)
          }
        }
      }),
    )
  })

  test('views of an item between hundreds of others count once an hour', () => {
    const world = new TestPipeline()
    world.learn(
      ...events(10 * (historyEntriesMax + 1), 1000, (n) => ({
        type: 'VIEW',
        itemId: n % (historyEntriesMax + 1) === 0 ? 'tea' : `filler-${n % (historyEntriesMax + 1)}`,
      })),
    )
    expect(world.rows.get('i:tea')!.users).toBe(1)
    expect(world.rows.get('i:tea')!.events).toBe(1)
  })

  test('ratings of hundreds of items within an hour count, each once', () => {
    const world = new TestPipeline()
    world.learn(...events(400, 1000, (n) => ({ type: 'RATING', value: 5, itemId: `film-${n}` })))
    expect(world.rows.get('i:film-399')!.users).toBe(1)
    expect(world.rows.get('i:film-399')!.predecessors).not.toEqual([])
  })
})

describe('a pair of items', () => {
  const back = (userId: string, rounds: number, stepMs = minuteMs) =>
    events(2 * rounds, stepMs, (n) => ({ userId, itemId: n % 2 === 0 ? 'tea' : 'cup', type: 'VIEW' }))

  test('that one user goes to and fro between counts once a day', () => {
    const [once, often] = [new TestPipeline(), new TestPipeline()]
    once.learn(...back('ann', 1))
    often.learn(...back('ann', 50))
    const weights = (world: TestPipeline) => bytesToFloats(world.rows.get('i:cup')!.weights)[pairColumns - 1]!
    expect(weights(often)).toBeCloseTo(weights(once), 3)
    const daily = new TestPipeline()
    daily.learn(...back('ann', 3, dayMs))
    expect(weights(daily)).toBeCloseTo(3 * weights(once), 1)
  })

  test('is shown once two users had it, where that is asked for', () => {
    const world = new TestPipeline(
      ['tea', 'cup'].map((id) => anItem({ id })),
      new Recommender({ pairUsersMin: 2 }),
    )
    const ofPairs = ['next', 'fresh', 'session', 'ever', 'last', 'back']
    const isByPair = () => ofPairs.includes(world.recommender.similar('tea', { limit: 1 })[0]!.source)
    world.learn(...back('ann', 20))
    expect(sharedPredecessors(world.rows.get('i:cup')!)).toBe(0)
    expect(isByPair()).toBe(false)
    world.learn(...back('bob', 1))
    expect(sharedPredecessors(world.rows.get('i:cup')!)).toBe(1)
    expect(isByPair()).toBe(true)
  })

  test('of a full row is replaced as before, the shared ones stay in front', () => {
    const touches = fc.array(fc.record({ user: fc.nat({ max: 4 }), item: fc.nat({ max: 260 }) }), {
      minLength: 400,
      maxLength: 400,
    })
    fc.assert(
      fc.property(touches, (all) => {
        const world = new TestPipeline()
        const users = new Map<string, Set<number>>()
        let timestamp = 0
        for (const { user, item } of all) {
          timestamp += minuteMs
          const userId = `u${user}`
          world.learn(anInteraction({ userId, itemId: `i${item}`, type: 'VIEW', timestamp }))
          world.learn(anInteraction({ userId, itemId: 'hub', type: 'VIEW', timestamp: timestamp + 1 }))
          users.set(`i${item}`, (users.get(`i${item}`) ?? new Set()).add(user))
        }
        const row = world.rows.get('i:hub')!
        expect(new Set(row.predecessors).size).toBe(row.predecessors.length)
        for (const id of row.predecessors.slice(0, sharedPredecessors(row))) {
          expect(users.get(id)!.size).toBeGreaterThan(1)
        }
      }),
      { numRuns: 5 },
    )
  })
})
