import { evaluateCandidate, fitShare, splitAt } from './evaluate-candidate.ts'
import { fitItems, type ItemModel } from './fit-items.ts'
import { prefixOf, type TrainingLog } from './log.ts'
import type { Blend, RankingMetrics, TrainedModel } from './model.ts'
import type { TrainProgress } from './progress.ts'

export interface TrainOptions {
  version: number
  /** Milliseconds since 1970. */
  trainedAt: number
  /** Of the initial factors and the hidden layer. Default: 1. */
  seed?: number
  /** The model in service. The candidate must not be worse on the test set. Default: null, none. */
  served?: TrainedModel | null
  /** Maximum queries for the fit of the blend; the test uses a third of it. Default: 6,000. */
  queriesMax?: number
}

export interface TrainOutcome {
  model: TrainedModel
  /** Metrics of the candidate on the test set. Null if the log is too short. */
  candidate: RankingMetrics | null
  /**
   * Metrics of the served model on the same queries; of the untrained recommender if the served model was fitted to
   * them.
   */
  served: RankingMetrics | null
  /** Whether the candidate may replace the served model, and the reason. */
  publish: boolean
  reason: string
}

const eventsMin = 100
/** Maximum relative loss of NDCG of a published candidate. */
const metricTolerance = 0.03

/**
 * Trains a model with a time-based split: item models on the oldest part, the blend by test-then-train on the next,
 * evaluation on the latest. Then item models are refitted on the whole log. A generator: yields progress, so that
 * callers can interleave other work.
 */
export function* trainModel(log: TrainingLog, options: TrainOptions): Generator<TrainProgress, TrainOutcome> {
  const served = options.served ?? null
  const seed = options.seed ?? 1
  if (log.size < eventsMin) {
    const items = yield* fitItems(log, seed)
    const model = assemble(log, items, null, null, options)
    return {
      model,
      candidate: null,
      served: null,
      publish: true,
      reason: `not tested: at least ${eventsMin} events are needed, got ${log.size}`,
    }
  }
  const trial = yield* fitItems(prefixOf(log, splitAt(log, fitShare)), seed)
  const trialModel = assemble(log, trial, null, null, { ...options, version: -1 })
  const { blend, candidate, current, currentName } = yield* evaluateCandidate(
    log,
    trialModel,
    served,
    options.queriesMax ?? 6000,
  )
  const items = yield* fitItems(log, seed)
  const model = assemble(log, items, blend, candidate, options)
  const publish = candidate === null || current === null || !isWorse(candidate, current)
  const figure = (figures: RankingMetrics | null) => (figures === null ? 'not tested' : figures.ndcg.toFixed(4))
  const reason = `NDCG@20 on the latest events: candidate ${figure(candidate)}, ${currentName} ${figure(current)}`
  return { model, candidate, served: current, publish, reason }
}

/**
 * Worse by more than the tolerance and one standard error, so that a small test set does not reject a model by chance.
 * √(m(1 - m)/n) is an upper bound of the standard error of a mean m of values from 0 to 1.
 */
function isWorse(candidate: RankingMetrics, current: RankingMetrics): boolean {
  const error = Math.sqrt((current.ndcg * (1 - current.ndcg)) / Math.max(1, current.n))
  return candidate.ndcg < current.ndcg * (1 - metricTolerance) - error
}

function assemble(
  log: TrainingLog,
  items: ItemModel,
  blend: Blend | null,
  validation: RankingMetrics | null,
  options: TrainOptions,
): TrainedModel {
  return {
    version: options.version,
    trainedAt: options.trainedAt,
    fittedUntil: log.size === 0 ? 0 : log.times[log.size - 1]!,
    stats: { events: log.size, users: log.userIds.length, items: log.itemIds.length },
    validation,
    items: log.itemIds,
    index: new Map(log.itemIds.map((id, row) => [id, row])),
    ...items,
    blend,
  }
}
