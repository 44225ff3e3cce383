import { eventAt, type TrainingLog } from '../../engine/train/log.ts'
import type { RankingMetrics, TrainedModel } from '../../engine/train/model.ts'
import { evaluatedTop, RankingMetricsSum } from '../../engine/train/ranking-metrics.ts'
import { OnlineReplay, testThenTrain, type WalkMode } from '../../engine/train/test-then-train.ts'
import type { RankedCandidate } from '../../engine/types.ts'
import { eventTypes, type Interaction } from '../../engine/types.ts'
import { isPositive, marksSeen } from '../../engine/user/signals.ts'
import { reweighing } from './methods.ts'

export interface MethodResult extends RankingMetrics {
  /** Standard errors. */
  errors: Omit<RankingMetrics, 'n'>
  /** Share of the known items that were in any list. */
  coverage: number
  /** Users with fewer than five events so far, and the others. */
  cold: RankingMetrics & { hrError: number }
  warm: RankingMetrics & { hrError: number }
  microsPerQuery: number
}

export interface WalkPlan {
  mode: WalkMode
  from: number
  freshness: string
  methods: readonly string[]
  /** Approximate number of scored events that are queried, spread evenly; at most all. */
  queriesMax: number
}

const coldEventsMax = 5

/** Walks the log once for one freshness, querying every method before each scored event. Yields the share done. */
export function* walkOnce(
  log: TrainingLog,
  model: TrainedModel | null,
  plan: WalkPlan,
): Generator<number, { results: Map<string, MethodResult>; microsPerEvent: number }> {
  const world = new OnlineReplay(log.catalog)
  world.setModel(model)
  const judges = plan.methods.map((method) => ({
    method,
    judge: new Judge(method),
    reweigh: reweighing(method),
  }))
  const popular = new AllTime(log, plan)
  const allSeen = log.types.every((type) => marksSeen(eventTypes[type]!))
  const isAsked = sampling(log, plan)
  let asked = 0
  let inQueries = 0
  const begun = process.hrtime.bigint()
  const onQuery = (event: Interaction, place: number, touched: ReadonlySet<string>) => {
    if (!isAsked(place)) return
    asked++
    const start = process.hrtime.bigint()
    const user = world.snapshotOf(event.userId)
    for (const { method, judge, reweigh } of judges) {
      const from = process.hrtime.bigint()
      const exclude = allSeen && plan.freshness === 'live' ? undefined : touched
      const list =
        method === 'popular'
          ? popular.top(touched, place)
          : world.recommender.recommend(user, { now: event.timestamp, limit: evaluatedTop, exclude, ...reweigh })
      judge.add(list, event, world.eventsOf(event.userId), Number(process.hrtime.bigint() - from) / 1000)
    }
    inQueries += Number(process.hrtime.bigint() - start)
  }
  const visibleAt = KNOWN_AT(plan.freshness)
  const learner = plan.methods.every((method) => method === 'popular') ? { apply() {} } : world
  for (const place of testThenTrain(log, learner, { mode: plan.mode, from: plan.from, onQuery, visibleAt }))
    yield place / log.size
  const total = Number(process.hrtime.bigint() - begun)
  const items = new Set(log.items).size
  const results = new Map(judges.map(({ method, judge }) => [method, judge.result(items)]))
  return { results, microsPerEvent: asked === 0 ? 0 : (total - inQueries) / 1000 / log.size }
}

/** The places that are asked: chosen by a hash, so that neither users nor the order within a basket matter. */
function sampling(log: TrainingLog, { queriesMax, from }: WalkPlan): (place: number) => boolean {
  if (log.size - from <= queriesMax) return () => true
  const every = scoredCount(log, from) / queriesMax
  return (place) => (Math.imul(place, 2654435761) >>> 8) % 2 ** 16 < 2 ** 16 / every
}

/** How many events the protocol scores from `from` on: see testThenTrain. Both modes score the same. */
function scoredCount(log: TrainingLog, from: number): number {
  let count = 0
  const walk = testThenTrain(log, { apply() {} }, { mode: 'events', from, onQuery: () => count++ })
  while (!walk.next().done);
  return count
}

const dayMs = 24 * 3_600_000

/** When an event that happened at a time becomes known. `live` needs no waiting line at all. */
export function KNOWN_AT(freshness: string): ((at: number) => number) | undefined {
  if (freshness === 'live') return undefined
  if (freshness === 'frozen') return () => Number.POSITIVE_INFINITY
  if (freshness === 'nightly') return (at) => (Math.floor(at / dayMs) + 1) * dayMs
  const seconds = /^(\d+)s$/.exec(freshness)?.[1]
  if (seconds === undefined)
    throw new Error(`freshness: expected live, nightly, frozen or seconds like 10s, got "${freshness}"`)
  return (at) => at + Number(seconds) * 1000
}

class Judge {
  private readonly sums = { all: new RankingMetricsSum(), cold: new RankingMetricsSum(), warm: new RankingMetricsSum() }
  private readonly listed = new Set<string>()
  private micros = 0

  constructor(readonly method: string) {}

  add(list: readonly Pick<RankedCandidate, 'itemId'>[], event: Interaction, userEvents: number, micros: number): void {
    const rank = list.findIndex((entry) => entry.itemId === event.itemId) + 1
    this.sums.all.add(rank)
    this.sums[userEvents < coldEventsMax ? 'cold' : 'warm'].add(rank)
    for (const entry of list) this.listed.add(entry.itemId)
    this.micros += micros
  }

  result(items: number): MethodResult {
    const { all, cold, warm } = this.sums
    const { metrics } = all
    return {
      ...metrics,
      errors: all.errors,
      coverage: this.listed.size / Math.max(1, items),
      cold: { ...cold.metrics, hrError: cold.errors.hr },
      warm: { ...warm.metrics, hrError: warm.errors.hr },
      microsPerQuery: this.micros / Math.max(1, metrics.n),
    }
  }
}

/**
 * Most popular of all time by positive events, without parameters: the row that shows whether an evaluator follows
 * the protocol. Ties: the item met first.
 */
class AllTime {
  private readonly counts: Int32Array
  private readonly order: Int32Array
  private readonly rankOf: Int32Array
  private readonly knownAt: ((at: number) => number) | undefined
  private revealed = 0

  constructor(
    private readonly log: TrainingLog,
    private readonly plan: WalkPlan,
  ) {
    this.knownAt = KNOWN_AT(plan.freshness)
    this.counts = new Int32Array(log.itemIds.length)
    this.order = Int32Array.from(log.itemIds.keys())
    this.rankOf = Int32Array.from(log.itemIds.keys())
  }

  top(touched: ReadonlySet<string>, place: number): { itemId: string }[] {
    this.reveal(place)
    const list: { itemId: string }[] = []
    for (let rank = 0; rank < this.order.length && list.length < evaluatedTop; rank++) {
      const item = this.order[rank]!
      if (this.counts[item]! === 0) break
      const itemId = this.log.itemIds[item]!
      if (!touched.has(itemId)) list.push({ itemId })
    }
    return list
  }

  private reveal(place: number): void {
    const { log, plan } = this
    const now = log.times[place]!
    for (; this.revealed < place; this.revealed++) {
      const at = log.times[this.revealed]!
      if (this.revealed >= plan.from) {
        if (this.knownAt !== undefined && this.knownAt(at) > now) break
        if (plan.mode === 'baskets' && at === now) break
      }
      if (isPositive(eventAt(log, this.revealed))) this.count(log.items[this.revealed]!)
    }
  }

  private count(item: number): void {
    const { counts, order, rankOf } = this
    counts[item]!++
    let rank = rankOf[item]!
    while (rank > 0 && counts[order[rank - 1]!]! < counts[item]!) {
      order[rank] = order[rank - 1]!
      rankOf[order[rank]!] = rank
      rank--
    }
    order[rank] = item
    rankOf[item] = rank
  }
}
