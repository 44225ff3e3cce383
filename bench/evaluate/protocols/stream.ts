import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { type TrainingLog, TrainingLogBuilder } from '../../../engine/train/log.ts'
import type { RankingMetrics, TrainedModel } from '../../../engine/train/model.ts'
import { evaluatedTop, RankingMetricsSum } from '../../../engine/train/ranking-metrics.ts'
import { OnlineReplay } from '../../../engine/train/test-then-train.ts'
import type { Interaction } from '../../../engine/types.ts'

/**
 * The stream protocol of ADER (Mi et al., RecSys 2020): learn from periods 0 to t-1, ask in period t for the next
 * item of every prefix of every session. Figures are the mean over periods. The log has no times: events of a period
 * lie `stepMs` apart, so that sessions are never split, and periods a week.
 */
export interface StreamOptions {
  readonly itemSide: 'frozen' | 'live'
  /** Periods that are evaluated; the others are only learned. */
  readonly periods: readonly number[]
  /** Evaluate every n-th query. */
  readonly every: number
  /** Fits a model to the periods before. */
  readonly train: (log: TrainingLog) => Generator<string, TrainedModel>
}

export interface StreamEvent {
  readonly session: string
  readonly item: string
  readonly period: number
}

export interface StreamPeriod {
  readonly period: number
  readonly metrics: RankingMetrics
  /** Standard errors of `metrics`. */
  readonly errors: Omit<RankingMetrics, 'n'>
}

const stepMs = 10
const weekMs = 7 * 24 * 3_600_000
const beginsAt = Date.UTC(2016, 0, 4)

export async function readStream(file: string): Promise<StreamEvent[]> {
  const bytes = createReadStream(file)
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  const events: StreamEvent[] = []
  for await (const row of text.pipe(parse({ columns: true }))) {
    events.push({ session: row.session_id, item: row.item_id, period: Number(row.period) })
  }
  return events
}

export function* evaluateStream(
  events: readonly StreamEvent[],
  options: StreamOptions,
): Generator<string, readonly StreamPeriod[]> {
  const world = new OnlineReplay([])
  const builder = new TrainingLogBuilder()
  const known = new Set<string>()
  const results: StreamPeriod[] = []
  const last = Math.max(...options.periods)
  for (let period = 0, from = 0; period <= last; period++) {
    let to = from
    while (to < events.length && events[to]!.period === period) to++
    const slice = events.slice(from, to)
    const interactions = slice.map((event, k) => toInteraction(event, from + k, k))
    if (options.periods.includes(period)) {
      world.setModel(yield* options.train(builder.build([])))
      results.push(yield* askPeriod(world, interactions, keptEvents(slice, known), { ...options, period, seq: from }))
    } else {
      for (const [k, event] of interactions.entries()) world.apply(event, from + k)
      yield `learn period ${period}`
    }
    for (const event of interactions) {
      builder.add(event)
      known.add(event.itemId)
    }
    from = to
  }
  return results
}

/** @param seq the place of the period's first event in the log */
function* askPeriod(
  world: OnlineReplay,
  events: readonly Interaction[],
  kept: Uint8Array,
  { itemSide, every, period, seq }: StreamOptions & { readonly period: number; readonly seq: number },
): Generator<string, StreamPeriod> {
  const metrics = new RankingMetricsSum()
  const met = new Set<string>()
  const late: [event: Interaction, seq: number][] = []
  let queries = 0
  for (const [k, event] of events.entries()) {
    if (kept[k] === 1 && met.has(event.userId) && queries++ % every === 0) {
      const user = world.snapshotOf(event.userId)
      const list = world.recommender.recommend(user, { now: event.timestamp, limit: evaluatedTop, includeSeen: true })
      metrics.add(list.findIndex(({ itemId }) => itemId === event.itemId) + 1)
    }
    if (kept[k] === 1) met.add(event.userId)
    if (itemSide === 'live') world.apply(event, seq + k)
    else if (kept[k] === 1) world.learnUser(event, seq + k)
    else late.push([event, seq + k])
    if (k % 5000 === 0) yield `period ${period}: ${Math.round((100 * k) / events.length)} %`
  }
  world.learnItems()
  for (const [event, at] of late) world.apply(event, at)
  return { period, metrics: metrics.metrics, errors: metrics.errors }
}

function toInteraction({ session, item, period }: StreamEvent, seq: number, k: number): Interaction {
  return {
    eventId: `e${seq}`,
    userId: session,
    itemId: item,
    type: 'VIEW',
    value: null,
    quantity: 1,
    timestamp: beginsAt + period * weekMs + k * stepMs,
  }
}

/** 1 for the events whose item was known, in sessions that have two or more of them. */
function keptEvents(slice: readonly StreamEvent[], known: ReadonlySet<string>): Uint8Array {
  const kept = new Uint8Array(slice.length)
  const met = new Set(known)
  const sizes = new Map<string, number>()
  for (const [k, { session, item }] of slice.entries()) {
    if (met.has(item)) {
      kept[k] = 1
      sizes.set(session, (sizes.get(session) ?? 0) + 1)
    }
    met.add(item)
  }
  for (const [k, { session }] of slice.entries()) if ((sizes.get(session) ?? 0) < 2) kept[k] = 0
  return kept
}
