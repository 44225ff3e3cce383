import { factorise } from './ials.ts'
import { headOf, type TrainingLog } from './log.ts'
import { interactionMatrix } from './matrix.ts'
import type { Figures, TrainedModel } from './model.ts'
import { testThenLearn } from './test-then-learn.ts'

export interface TrainOptions {
  version: number
  trainedAt: number
  seed?: number
  /** The model that serves now; the candidate must not be worse on the latest past. */
  served?: TrainedModel | null
}

export interface TrainProgress {
  phase: 'factors' | 'validation'
  /** 0 to 1 within the phase. */
  done: number
}

export interface TrainOutcome {
  model: TrainedModel
  /** Of a model fitted without the latest past, on that past; null where the log is too short. */
  candidate: Figures | null
  served: Figures | null
  /** Whether the candidate may replace the served model, and why (not). */
  publish: boolean
  reason: string
}

/** The latest share of the log, which the candidate is measured on. */
const HELD_BACK = 0.1
const SCORED_MAX = 2000
const EVENTS_MIN = 50

/** Fits a model; yields progress, returns the outcome. A slow caller may stop between any two yields. */
export function* trainModel(log: TrainingLog, options: TrainOptions): Generator<TrainProgress, TrainOutcome> {
  const served = options.served ?? null
  let candidate: Figures | null = null
  let current: Figures | null = null
  if (log.size >= EVENTS_MIN) {
    const head = headOf(log, Math.floor(log.size * (1 - HELD_BACK)))
    const trial = yield* fit(head, options)
    candidate = yield* validate(log, head.size, trial)
    current = yield* validate(log, head.size, served)
  }
  const model = { ...(yield* fit(log, options)), validation: candidate }
  const worse = candidate !== null && current !== null && candidate.ndcg < current.ndcg * 0.95
  const reason = worse
    ? `NDCG@20 ${candidate!.ndcg.toFixed(4)} on the latest past, the served model has ${current!.ndcg.toFixed(4)}`
    : 'not worse than the served model on the latest past'
  return { model, candidate, served: current, publish: !worse, reason }
}

function* fit(log: TrainingLog, options: TrainOptions): Generator<TrainProgress, TrainedModel> {
  const matrix = interactionMatrix(log)
  const dimensions = log.itemIds.length < 200 ? 16 : log.itemIds.length < 2000 ? 32 : 64
  const alpha = 10
  const work = factorise(matrix, { dimensions, alpha, regularisation: 1, rounds: 8, seed: options.seed ?? 1 })
  let step = work.next()
  while (!step.done) {
    yield { phase: 'factors', done: step.value }
    step = work.next()
  }
  const { userIds, itemIds: items, size: events } = log
  return {
    version: options.version,
    trainedAt: options.trainedAt,
    stats: { events, users: userIds.length, items: items.length },
    validation: null,
    items,
    index: new Map(items.map((id, row) => [id, row])),
    dimensions,
    factors: step.value,
    foldIn: { alpha, itemsMax: 50 },
    blend: null,
  }
}

function* validate(
  log: TrainingLog,
  from: number,
  model: TrainedModel | null,
): Generator<TrainProgress, Figures | null> {
  const walk = testThenLearn(log, { from, model, scoredMax: SCORED_MAX })
  let step = walk.next()
  while (!step.done) {
    yield { phase: 'validation', done: step.value }
    step = walk.next()
  }
  return step.value.n === 0 ? null : step.value
}
