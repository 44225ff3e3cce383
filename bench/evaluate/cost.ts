import { cpus, loadavg } from 'node:os'
import Table from 'cli-table3'
import { FactorScan } from '../../engine/kernels/factor-scan.ts'
import { seededRandom } from '../../engine/math/random.ts'
import { TopK } from '../../engine/rank/top-k.ts'
import { eventAt, TrainingLogBuilder } from '../../engine/train/log.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import { OnlineReplay } from '../../engine/train/test-then-train.ts'
import { applyInteraction, emptyProfile, refreshVector } from '../../engine/user/profile.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'

/**
 * What one event costs in embed and recommend, all sources in use, compared with a scan of the factors alone. Embed
 * and recommend in milliseconds of processor time, mean over the queries (garbage collection included); scans on the
 * wall, median. The log is generated: 30 events per item, items drawn by Zipf's law within the taste of each user.
 */
const dimensions = 64
const queryCount = 2000
const sizes = process.argv.slice(2).map(Number)
const table = new Table({
  head: ['items', 'embed', 'recommend 100', 'together', 'learn', 'scan JS', 'scan WASM', 'scan WASM + top 100'],
  style: { head: [], border: [] },
})
for (const items of sizes.length > 0 ? sizes : [1000, 20_000, 100_000]) table.push(measure(items))
process.stdout.write(`${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}; ms per call\n${table.toString()}\n`)

function measure(items: number): (string | number)[] {
  const random = seededRandom(1)
  const log = generate(items, Math.min(items * 30, 600_000), random)
  const world = new OnlineReplay(
    log.itemIds.map((id, k) => ({
      id,
      title: `thing ${k % 997} of kind ${k % 61}`,
      description: null,
      categories: [`c${k % 40}`],
      tags: [],
      price: 1 + (k % 90),
      available: true,
      publishedAt: null,
    })),
  )
  const learn =
    cpuOf(() => {
      for (let place = 0; place < log.size; place++) world.apply(eventAt(log, place), place)
    }) / log.size
  const model = randomModel(log.itemIds, random)
  world.setModel(model)
  const { recommender } = world
  const queries = Array.from({ length: queryCount }, (_, q) => {
    const event = eventAt(log, log.size - 1 - q)
    return { event, before: refreshVector(world.profiles.get(event.userId) ?? emptyProfile(event.userId), model) }
  })
  const embedOne = ({ event, before }: (typeof queries)[number], q: number) =>
    toSnapshot(applyInteraction(before, { ...event, eventId: `q${q}` }, log.size + q, { model }))
  const users = queries.map(embedOne)
  const now = log.times[log.size - 1]!
  const recommendOne = (user: (typeof users)[number]) => recommender.recommend(user, { now, limit: 100 })
  users.slice(0, queryCount / 4).forEach(recommendOne) // warm up
  const embed = cpuOf(() => queries.forEach(embedOne)) / queryCount
  const recommend = cpuOf(() => users.forEach(recommendOne)) / queryCount
  const scans = [new FactorScan(model.factors, dimensions, null), new FactorScan(model.factors, dimensions)].map(
    (scan) => repeated(() => scan.run(model.factors.subarray(0, dimensions))),
  )
  const scan = new FactorScan(model.factors, dimensions)
  const best = new TopK(100)
  const rows = new Int32Array(100)
  const top = repeated(() => {
    const products = scan.run(model.factors.subarray(0, dimensions))
    best.begin(100)
    for (let row = 0; row < products.length; row++) if (products[row]! > best.threshold) best.offer(row, products[row]!)
    best.drain(rows)
  })
  return [items, ...[embed, recommend, embed + recommend, learn, ...scans, top].map((ms) => ms.toFixed(3))]
}

function generate(items: number, events: number, random: () => number) {
  const builder = new TrainingLogBuilder()
  for (let item = 0; item < items; item++)
    builder.add({ userId: 'stock', itemId: `item-${item}`, type: 'IMPRESSION', value: null, quantity: 1, timestamp: 0 })
  for (let e = 0; e < events; e++) {
    const user = Math.floor(random() * (events / 30))
    const item = (Math.floor(items * random() ** 3) + (user % 20) * Math.floor(items / 20)) % items
    const timestamp = 1e12 + e * 10_000
    builder.add({ userId: `user-${user}`, itemId: `item-${item}`, type: 'CLICK', value: null, quantity: 1, timestamp })
  }
  return builder.build([])
}

/** Factors and item weights of the usual sizes, drawn at random: the cost of a model does not depend on its values. */
function randomModel(items: string[], random: () => number): TrainedModel {
  const weights = (kept: number) => ({
    starts: Int32Array.from({ length: items.length + 1 }, (_, k) => k * kept),
    targets: Int32Array.from({ length: items.length * kept }, () => Math.floor(random() * items.length)),
    weights: Float32Array.from({ length: items.length * kept }, random),
  })
  return {
    version: 1,
    trainedAt: 0,
    fittedUntil: 0,
    stats: { events: 0, users: 0, items: items.length },
    validation: null,
    items,
    index: new Map(items.map((id, row) => [id, row])),
    dimensions: dimensions,
    factors: Float32Array.from({ length: items.length * dimensions }, () => random() - 0.5),
    foldIn: { alpha: 10, itemsMax: 32 },
    itemRegression: weights(50),
    itemKnn: weights(100),
    blend: null,
  }
}

/** Milliseconds of processor time: elapsed time on a busy machine includes the work of other processes. */
function cpuOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function repeated(work: () => void): number {
  const times: number[] = []
  for (let k = 0; k < 60; k++) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  return median(times)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
