import { Mean } from '../../../engine/math/mean.ts'
import { eventAt, type TrainingLog, TrainingLogBuilder } from '../../../engine/train/log.ts'
import type { TrainedModel } from '../../../engine/train/model.ts'
import { OnlineReplay } from '../../../engine/train/test-then-train.ts'
import { type BasketMethod, type Baskets, tifuGrid, tifuKnn, upCf, upCfGrid } from './basket-methods.ts'

/** Recall@10 and NDCG@10 of one method over users. */
export interface BasketFigures {
  readonly recall10: Mean
  readonly ndcg10: Mean
  readonly n: number
}

const listed = 10
/** Users whose last known basket decides on the parameters of the published methods. */
const validatedMax = 300

/**
 * Next basket, repeats allowed: per user the events of their last time are the target, everything else is known.
 * Beside the recommender: the most popular items, each user's own most frequent ones (the baseline that published
 * methods of this task are compared with: Li et al., ACM TOIS 2023), TIFU-kNN and UP-CF with the parameters that are
 * best on the last of the known baskets.
 *
 * @param train fits a model to the events that are known
 * @param usersMax approximate number of users that are queried; at most all
 */
export function* evaluateNextBasket(
  log: TrainingLog,
  train: (known: TrainingLog) => Generator<string, TrainedModel>,
  usersMax = Number.POSITIVE_INFINITY,
): Generator<string, ReadonlyMap<string, BasketFigures>> {
  const { baskets, lastAt } = basketsOf(log)
  const asked = everyNth(
    [...baskets.keys()].filter((user) => baskets[user]!.length > 1),
    usersMax,
  )
  const targets = baskets.map((all) => (all.length > 1 ? all.at(-1)! : []))
  const known = baskets.map((all) => (all.length > 1 ? all.slice(0, -1) : all))
  const methods = yield* baselines(known, log.itemIds.length)
  const world = yield* worldOf(log, train, (place) => {
    const user = log.users[place]!
    return baskets[user]!.length === 1 || log.times[place] !== lastAt[user]
  })
  methods.set('pickstream', (user) => {
    const snapshot = world.snapshotOf(log.userIds[user]!)
    const list = world.recommender.recommend(snapshot, { now: lastAt[user]!, limit: listed, includeSeen: true })
    return list.map(({ itemId }) => itemNumbers.get(itemId) ?? -1)
  })
  const itemNumbers = new Map(log.itemIds.map((id, item) => [id, item]))
  const figures = new Map<string, BasketFigures>()
  for (const [name, top] of methods) figures.set(name, score(asked, targets, top))
  return figures
}

type Top = (user: number) => readonly number[]

function score(users: readonly number[], targets: readonly (readonly number[])[], top: Top): BasketFigures {
  const [recall10, ndcg10] = [new Mean(), new Mean()]
  for (const user of users) {
    const { recall, ndcg } = scoreBasket(top(user), new Set(targets[user]!))
    recall10.add(recall)
    ndcg10.add(ndcg)
  }
  return { recall10, ndcg10, n: users.length }
}

/** Returns a replay of all events for which `isKnown` is true, with a model fitted to them. */
function* worldOf(
  log: TrainingLog,
  train: (known: TrainingLog) => Generator<string, TrainedModel>,
  isKnown: (place: number) => boolean,
): Generator<string, OnlineReplay> {
  const builder = new TrainingLogBuilder()
  const world = new OnlineReplay(log.catalog)
  for (let place = 0; place < log.size; place++) {
    if (!isKnown(place)) continue
    const event = eventAt(log, place)
    builder.add(event)
    world.apply(event, place)
    if (place % 20_000 === 0) yield `learn ${Math.round((100 * place) / log.size)} %`
  }
  world.setModel(yield* train(builder.build(log.catalog)))
  return world
}

function* baselines(known: readonly Baskets[], items: number): Generator<string, Map<string, Top>> {
  const popular = mostFrequent(known.flat())
  const ownFrequency = (user: number) => [...new Set([...mostFrequent(known[user]!), ...popular])].slice(0, listed)
  const users = everyNth(
    [...known.keys()].filter((user) => known[user]!.length > 1),
    validatedMax,
  )
  const validation = {
    users,
    known: known.map((all) => all.slice(0, -1)),
    targets: known.map((all) => all.at(-1) ?? []),
  }
  const methods = new Map<string, Top>([
    ['most popular', () => popular],
    ['own frequency', ownFrequency],
  ])
  for (const [name, make] of [
    ['TIFU-kNN', (all: readonly Baskets[]) => tifuGrid.map((options) => () => tifuKnn(all, items, options))],
    ['UP-CF', (all: readonly Baskets[]) => upCfGrid.map((options) => () => upCf(all, items, options))],
  ] as const) {
    let best = { recall: -1, place: 0 }
    for (const [place, candidate] of make(validation.known).entries()) {
      yield `${name} ${place + 1}`
      const method: BasketMethod = candidate()
      const recall = score(users, validation.targets, (user) => method.top(user, listed)).recall10.value
      if (recall > best.recall) best = { recall, place }
    }
    const method = make(known)[best.place]!()
    methods.set(name, (user) => method.top(user, listed))
  }
  return methods
}

/** Per user the baskets, oldest first: the distinct items of one time; and the time of the last. */
function basketsOf(log: TrainingLog): { baskets: number[][][]; lastAt: Float64Array } {
  const baskets: number[][][] = log.userIds.map(() => [])
  const lastAt = new Float64Array(log.userIds.length).fill(Number.NEGATIVE_INFINITY)
  for (let place = 0; place < log.size; place++) {
    const user = log.users[place]!
    if (log.times[place] !== lastAt[user]) baskets[user]!.push([])
    lastAt[user] = log.times[place]!
    const basket = baskets[user]!.at(-1)!
    if (!basket.includes(log.items[place]!)) basket.push(log.items[place]!)
  }
  return { baskets, lastAt }
}

function everyNth(all: readonly number[], most: number): number[] {
  const every = Math.max(1, Math.floor(all.length / most))
  return all.filter((_, k) => k % every === 0)
}

function scoreBasket(list: readonly number[], basket: ReadonlySet<number>): { recall: number; ndcg: number } {
  let [hits, gain, ideal] = [0, 0, 0]
  for (let rank = 1; rank <= listed; rank++) {
    if (rank <= basket.size) ideal += 1 / Math.log2(rank + 1)
    if (!basket.has(list[rank - 1] ?? -1)) continue
    hits++
    gain += 1 / Math.log2(rank + 1)
  }
  return { recall: hits / basket.size, ndcg: gain / ideal }
}

/** The items of most baskets, at equal numbers the one met first in the log. */
function mostFrequent(baskets: Baskets): number[] {
  const counts = new Map<number, number>()
  for (const basket of baskets) for (const item of basket) counts.set(item, (counts.get(item) ?? 0) + 1)
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || a - b)
  return byCount.slice(0, listed).map(([item]) => item)
}
