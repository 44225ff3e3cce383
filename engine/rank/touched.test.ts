import { expect, test } from 'vitest'
import { anInteraction, anItem, minuteMs, TestPipeline } from '../test-builders.ts'
import type { TrainedModel } from '../train/model.ts'
import { toSnapshot } from '../user/snapshot.ts'
import { defaultBlend, featureSet, type NamedWeights, weightsOf } from './blend.ts'

const idsOf = (list: readonly { itemId: string }[]) => list.map(({ itemId }) => itemId)

/** Ann has viewed `tea` and `mug`; most others went on to `milk`, then to `sugar`. */
function aShop(repeat: NamedWeights | null) {
  const ids = ['tea', 'mug', 'milk', 'sugar', 'salt']
  const world = new TestPipeline(ids.map((id) => anItem({ id })))
  const visits = [...Array(9).fill('tea mug milk'), ...Array(6).fill('mug tea milk sugar'), 'tea mug']
  let at = 0
  visits.forEach((visit: string, k) => {
    const userId = k === visits.length - 1 ? 'ann' : `user-${k}`
    for (const itemId of visit.split(' ')) {
      at += minuteMs
      world.learn(anInteraction({ userId, itemId, type: 'VIEW', timestamp: at }))
    }
  })
  const { linear } = defaultBlend()
  const weights = repeat && weightsOf(repeat)
  const model: TrainedModel = {
    version: 1,
    trainedAt: 0,
    fittedUntil: 0,
    stats: { events: 0, users: 0, items: 0 },
    validation: null,
    items: [],
    index: new Map(),
    dimensions: 0,
    factors: new Float32Array(0),
    foldIn: { alpha: 10, itemsMax: 32 },
    itemRegression: null,
    itemKnn: null,
    blend: {
      features: featureSet,
      linear,
      repeat: weights && { atStart: weights, inSession: weights, neural: null },
    },
  }
  world.recommender.setModel(model)
  return { world, ann: toSnapshot(world.profileOf('ann')), now: at }
}

test('viewed items are listed where the weights for repetitions place them, the others keep their order', () => {
  const order = (repeat: NamedWeights | null) => {
    const { world, ann, now } = aShop(repeat)
    const list = idsOf(world.recommender.recommend(ann, { now, limit: 5 }))
    expect(idsOf(world.recommender.recommendParts(ann, { now, limit: 5, seenMax: 5 }).unseen)).toEqual(list)
    expect(idsOf(world.recommender.rankGiven(ann, [...list].reverse(), { now }))).toEqual(list)
    return list
  }
  expect(order({ repeat: 1 })).toEqual(['mug', 'tea', 'milk', 'sugar', 'salt'])
  expect(order({ next: 1 })).toEqual(['milk', 'tea', 'mug', 'sugar', 'salt'])
  expect(order({ next: 1, total: 100 }).slice(0, 2)).not.toContain('sugar')
})

test('viewed items that a request excludes or does not allow are not listed', () => {
  const { world, ann, now } = aShop({ repeat: 1 })
  const list = (options: object) => idsOf(world.recommender.recommend(ann, { now, limit: 5, ...options }))
  expect(list({ exclude: new Set(['tea', 'mug']) })).toEqual(['milk', 'sugar', 'salt'])
  expect(list({ allow: (id: string) => id !== 'mug' })).toEqual(['tea', 'milk', 'sugar', 'salt'])
})
