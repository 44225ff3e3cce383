import { describe, expect, test } from 'vitest'
import { fastHalfLifeMs } from '../items/row.ts'
import { ItemSums } from '../kernels/item-sums.ts'
import { ItemSide } from '../replica/item-side.ts'
import { anInteraction, minuteMs, TestPipeline } from '../test-builders.ts'
import { toSnapshot } from '../user/snapshot.ts'
import { weightsOf } from './blend.ts'
import { collectPairs, sumIndex, sumNames, sumsOfOneItem } from './sources.ts'

const askedAt = 60 * minuteMs
/** Purchases by one visitor each, a minute apart: the second item came after the first. */
const sessions = [
  ...['A x', 'B y', 'C z', 'D w'],
  ...['p A', 'q B', 'r C'],
  // v came after the latest item and after the second.
  ...['A v', 'B v'],
].map((items) => items.split(' '))

function learned(): TestPipeline {
  const world = new TestPipeline()
  for (const [n, items] of sessions.entries())
    for (const [k, itemId] of items.entries())
      world.learn(anInteraction({ userId: `u${n}`, itemId, timestamp: k * minuteMs }))
  return world
}

describe('sums of one of the latest items alone', () => {
  const side = new ItemSide()
  for (const row of learned().rows.values()) side.putRow(row)
  const recents = ['A', 'B', 'C', 'D'].map((id) => side.find(id)!)
  const query = { now: askedAt, mayRepeat: false, recents, strengths: [1, 1, 1, 1], habits: [], inSession: 4 }

  const sumsBy = (sums: ItemSums) => {
    side.stats.setTime(askedAt)
    side.stats.copyMultipliers(sums.begin(side.size), sums.multipliers)
    collectPairs({ ...query, isBrowsing: true, vector: null }, side, sums)
    sums.weigh([])
    return (id: string, name: (typeof sumNames)[number]): number => {
      const place = sums.placeOf(side.find(id)!)
      return place < 0 ? 0 : sums.values[place + sumIndex[name]]!
    }
  }
  const decay = (at: number) => 2 ** -((askedAt - at) / fastHalfLifeMs)
  const singles = sumsOfOneItem.map((sum) => sumNames[sum]!)

  test.each([
    ['WebAssembly', new ItemSums()],
    ['JavaScript', new ItemSums(null)],
  ])('have the values of the formula, and no item has one of another place: %s', (_, kernel) => {
    const sum = sumsBy(kernel)
    // An item's events and five: the norm of confidence. A and B have three events, C has two.
    const expected = {
      x: { freshLatest: decay(minuteMs) / 8 },
      y: { freshSecond: (0.6 * decay(minuteMs)) / 8 },
      z: { freshThird: (0.36 * decay(minuteMs)) / 7 },
      w: {},
      p: { backLatest: decay(minuteMs) / 8 },
      q: { backSecond: (0.6 * decay(minuteMs)) / 8 },
      r: {},
      v: { freshLatest: decay(minuteMs) / 8, freshSecond: (0.6 * decay(minuteMs)) / 8 },
    }
    for (const [id, values] of Object.entries(expected)) {
      const found = Object.fromEntries(singles.map((name) => [name, sum(id, name)]).filter(([, value]) => value !== 0))
      expect(Object.keys(found), id).toEqual(Object.keys(values))
      for (const [name, value] of Object.entries(values)) expect(found[name], `${id} ${name}`).toBeCloseTo(value, 5)
    }
  })

  test('of what came later add up to fresh', () => {
    const sum = sumsBy(new ItemSums())
    for (const id of ['x', 'y', 'z', 'v']) {
      const parts = sum(id, 'freshLatest') + sum(id, 'freshSecond') + sum(id, 'freshThird')
      expect(parts, id).toBeCloseTo(sum(id, 'fresh'), 6)
    }
    expect(sum('w', 'fresh')).toBeGreaterThan(0)
  })
})

test('the reason of a pick by a sum of one item is that item, whichever item says most for it', () => {
  const world = learned()
  for (const [k, itemId] of ['B', 'A'].entries())
    world.learn(anInteraction({ userId: 'ann', itemId, timestamp: askedAt + k * minuteMs }))
  const user = toSnapshot(world.profileOf('ann'))
  const reasonOf = (name: (typeof sumNames)[number]) => {
    const options = { now: askedAt + 2 * minuteMs, limit: 20, adjustWeights: () => weightsOf({ [name]: 1 }) }
    return world.recommender.recommend(user, options).find(({ itemId }) => itemId === 'v')!.reason
  }
  expect(reasonOf('freshLatest')).toMatchObject({ kind: 'because', itemId: 'A' })
  expect(reasonOf('freshSecond')).toMatchObject({ kind: 'because', itemId: 'B' })
})
