import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trendHalfLivesMs } from './items/trends.ts'
import { floatsToBytes } from './math/bytes.ts'
import { seededRandom } from './math/random.ts'
import { Recommender } from './recommender.ts'
import { anItem } from './test-builders.ts'
import { ItemWeightsBuilder } from './train/item-weights.ts'
import type { TrainedModel } from './train/model.ts'
import type { UserSnapshot } from './user/snapshot.ts'

/**
 * What comes of rows, catalog and model must be settled by what they say: a restored replica meets them in another
 * order than a live one.
 */

const itemCount = 40
const hourMs = 3_600_000
const nowMs = 20_000 * 24 * hourMs
const idOf = (item: number) => `item-${(item * 17) % itemCount}`

type Step = (recommender: Recommender) => void

test('lists do not depend on the order in which items, rows and models came', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      // Per thing what was said of it, the last of which holds.
      const histories: Step[][] = []
      for (let item = 0; item < itemCount; item++) {
        if (random() < 0.9) histories.push(versions(random, () => putItem(item, random)))
        if (random() < 0.8) histories.push(versions(random, () => putRow(item, random)))
        else histories.push([putRow(item, random), (recommender) => recommender.dropRow(`i:${idOf(item)}`)])
      }
      histories.push(versions(random, () => setModel(random)))
      const orders = [0, 1, 2].map(() => interleaved(random, histories))
      const restored = histories.map((history) => history[history.length - 1]!).reverse()
      const user = aUser(random)
      const expected = listsOf(restored, user)
      for (const order of orders) expect(listsOf(order, user)).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})

function listsOf(steps: readonly Step[], user: UserSnapshot) {
  const recommender = new Recommender()
  steps.forEach((step, k) => {
    step(recommender)
    if (k % 16 === 0) recommender.recommend(user, { now: nowMs - k * 400 * 24 * hourMs, limit: 5 })
  })
  const more = { now: nowMs, limit: itemCount }
  return [
    recommender.recommend(user, more),
    recommender.recommend(user, { ...more, includeSeen: true }),
    recommender.similar(user.items[0]!, more),
    recommender.together(user.items, more),
    recommender.trending('DAY', more),
  ]
}

function versions(random: () => number, make: () => Step): Step[] {
  return Array.from({ length: 1 + Math.floor(random() * 3) }, make)
}

/** Any order that keeps the order of each history. */
function interleaved(random: () => number, histories: readonly Step[][]): Step[] {
  const left = histories.map((history) => [...history])
  const steps: Step[] = []
  while (left.length > 0) {
    const k = Math.floor(random() * left.length)
    steps.push(left[k]!.shift()!)
    if (left[k]!.length === 0) left.splice(k, 1)
  }
  return steps
}

function putItem(item: number, random: () => number): Step {
  const meta = anItem({
    id: idOf(item),
    title: `thing ${Math.floor(random() * 4)}`,
    categories: random() < 0.3 ? [] : [`c${Math.floor(random() * 3)}`, `d${Math.floor(random() * 3)}`],
    price: random() < 0.2 ? null : 1 + Math.floor(random() * 5),
    available: random() < 0.9,
    publishedAt: random() < 0.5 ? null : nowMs - Math.floor(random() * 3) * hourMs,
  })
  return (recommender) => recommender.putItem(meta)
}

/** Few distinct figures, so that ties are common. */
function putRow(item: number, random: () => number): Step {
  const count = () => Math.floor(random() * 3)
  const predecessors = Array.from({ length: itemCount }, (_, other) => idOf(other)).filter(() => random() < 0.3)
  const row = {
    key: `i:${idOf(item)}`,
    lastAt: nowMs - count() * hourMs,
    events: count(),
    users: count(),
    firstAt: nowMs - 10 * hourMs,
    trend: trendHalfLivesMs.map(count),
    predecessors,
    weights: floatsToBytes(Float32Array.from({ length: predecessors.length * 4 }, count)),
  }
  return (recommender) => recommender.putRow(row)
}

function setModel(random: () => number): Step {
  const items = Array.from({ length: itemCount }, (_, item) => idOf(item)).filter(() => random() < 0.7)
  const weights = () => {
    const builder = new ItemWeightsBuilder()
    for (let item = 0; item < items.length; item++)
      for (let target = 0; target < items.length; target++) if (random() < 0.2) builder.add(item, target, random())
    return builder.build(items.length)
  }
  const model: TrainedModel = {
    version: 1,
    trainedAt: 0,
    fittedUntil: 0,
    stats: { events: 0, users: 0, items: items.length },
    validation: null,
    items,
    index: new Map(items.map((id, row) => [id, row])),
    dimensions: 8,
    factors: Float32Array.from({ length: items.length * 8 }, () => random() - 0.5),
    foldIn: { alpha: 10, itemsMax: 32 },
    itemRegression: weights(),
    itemKnn: weights(),
    blend: null,
  }
  return (recommender) => recommender.setModel(model)
}

function aUser(random: () => number): UserSnapshot {
  const items = [0, 1, 2, 3, 4].map(() => `item-${Math.floor(random() * (itemCount + 3))}`)
  return {
    userId: 'ann',
    newestAt: nowMs,
    items: [...new Set(items)],
    types: items.map(() => 0),
    strengths: items.map(() => 8),
    ages: items.map((_, k) => k * 60),
    rejected: ['item-7'],
    seen: ['item-3', 'item-9'],
    vector: floatsToBytes(Float32Array.from({ length: 8 }, () => random() - 0.5)),
    modelVersion: 1,
  }
}
