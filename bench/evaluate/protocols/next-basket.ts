import { eventAt, type TrainingLog, TrainingLogBuilder } from '../../../engine/train/log.ts'
import type { TrainedModel } from '../../../engine/train/model.ts'
import { OnlineReplay } from '../../../engine/train/test-then-train.ts'

/** Recall@10 and NDCG@10 of one method, averaged over users. */
export interface BasketFigures {
  readonly recall10: number
  readonly ndcg10: number
  readonly n: number
}

const listed = 10

/**
 * Next basket, repeats allowed: per user the events of their last time are the target, everything else is known. Beside the recommender: the most popular
 * items, and each user's own most frequent ones (the baseline that published methods of this task are compared with: Li et al., ACM TOIS 2023).
 *
 * @param train fits a model to the events that are known
 */
export function* evaluateNextBasket(
  log: TrainingLog,
  train: (known: TrainingLog) => Generator<string, TrainedModel>,
): Generator<string, ReadonlyMap<string, BasketFigures>> {
  const lastAt = new Float64Array(log.userIds.length).fill(-1)
  for (let place = 0; place < log.size; place++) lastAt[log.users[place]!] = log.times[place]!
  const firstAt = new Float64Array(log.userIds.length).fill(Number.POSITIVE_INFINITY)
  const builder = new TrainingLogBuilder()
  const world = new OnlineReplay(log.catalog)
  const baskets = new Map<number, Set<string>>()
  const own = new Map<number, Map<string, number>>()
  const all = new Map<string, number>()
  for (let place = 0; place < log.size; place++) {
    const user = log.users[place]!
    const event = eventAt(log, place)
    firstAt[user] = Math.min(firstAt[user]!, event.timestamp)
    if (event.timestamp === lastAt[user] && firstAt[user]! < event.timestamp) {
      baskets.set(user, (baskets.get(user) ?? new Set()).add(event.itemId))
      continue
    }
    builder.add(event)
    world.apply(event, place)
    count(all, event.itemId)
    let counts = own.get(user)
    if (counts === undefined) own.set(user, (counts = new Map()))
    count(counts, event.itemId)
    if (place % 20_000 === 0) yield `learn ${Math.round((100 * place) / log.size)} %`
  }
  world.setModel(yield* train(builder.build(log.catalog)))
  const popular = mostFrequent(all)
  const sums = new Map(['most popular', 'own frequency', 'pickstream'].map((name) => [name, { recall: 0, ndcg: 0 }]))
  for (const [user, basket] of baskets) {
    const userId = log.userIds[user]!
    const ranked = world.recommender.recommend(world.snapshotOf(userId), {
      now: lastAt[user]!,
      limit: listed,
      includeSeen: true,
    })
    const lists = {
      'most popular': popular,
      'own frequency': [...mostFrequent(own.get(user) ?? new Map()), ...popular].slice(0, listed),
      pickstream: ranked.map(({ itemId }) => itemId),
    }
    for (const [name, list] of Object.entries(lists)) {
      const sum = sums.get(name)!
      const { recall, ndcg } = scoreBasket(list, basket)
      sum.recall += recall
      sum.ndcg += ndcg
    }
  }
  const n = Math.max(1, baskets.size)
  return new Map([...sums].map(([name, { recall, ndcg }]) => [name, { recall10: recall / n, ndcg10: ndcg / n, n }]))
}

function scoreBasket(list: readonly string[], basket: ReadonlySet<string>): { recall: number; ndcg: number } {
  let [hits, gain, ideal] = [0, 0, 0]
  for (let rank = 1; rank <= listed; rank++) {
    if (rank <= basket.size) ideal += 1 / Math.log2(rank + 1)
    if (!basket.has(list[rank - 1] ?? '')) continue
    hits++
    gain += 1 / Math.log2(rank + 1)
  }
  return { recall: hits / basket.size, ndcg: gain / ideal }
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}

function mostFrequent(counts: ReadonlyMap<string, number>): string[] {
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return byCount.slice(0, listed).map(([id]) => id)
}
