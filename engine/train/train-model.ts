import { FiguresSum, JUDGED } from './figures.ts'
import { fitItems, type ItemModel } from './fit-items.ts'
import { BlendLearner } from './learn-blend.ts'
import { headOf, type TrainingLog } from './log.ts'
import type { Blend, Figures, TrainedModel } from './model.ts'
import type { TrainProgress } from './progress.ts'
import { groupEnd, LiveWorld, testThenLearn, type WalkMode } from './test-then-learn.ts'

export interface TrainOptions {
  version: number
  trainedAt: number
  /** How the blend's own past is asked: see WalkMode. Default: events. */
  mode?: WalkMode
  seed?: number
  /** The model that serves now; the candidate must not be worse on the latest past. */
  served?: TrainedModel | null
  /** Queries that the blend is learned from, and that models are judged by. */
  queriesMax?: number
}

export interface TrainOutcome {
  model: TrainedModel
  /** On the latest past, fitted without it; null where the log is too short to measure. */
  candidate: Figures | null
  /** The served model on the same queries, or the untrained recommender where the served model has been fitted to them. */
  served: Figures | null
  /** Whether the candidate may replace the served model, and why (not). */
  publish: boolean
  reason: string
}

/** Shares of the log: what the trial's item models are fitted to, then what its blend is learned from; the rest judges. */
const FITTED = 0.8
const BLENDED = 0.95
const EVENTS_MIN = 100
/** A candidate that loses more than this share of NDCG is not published. */
const TOLERANCE = 0.03

/**
 * Fits a model in three steps, as a live system would have met the log: item models on its older part, the blend by test-then-learn on what followed,
 * a judgement on the latest; then item models on all of it. A generator, so that callers can show progress and let other work in between.
 */
export function* trainModel(log: TrainingLog, options: TrainOptions): Generator<TrainProgress, TrainOutcome> {
  const served = options.served ?? null
  const seed = options.seed ?? 1
  if (log.size < EVENTS_MIN) {
    const items = yield* fitItems(log, seed)
    const model = assemble(log, items, null, null, options)
    return {
      model,
      candidate: null,
      served: null,
      publish: true,
      reason: `only ${log.size} events: nothing to judge by`,
    }
  }
  const trial = yield* fitItems(headOf(log, cutAt(log, FITTED)), seed)
  const { blend, candidate, current, currentName } = yield* rehearse(log, trial, served, options)
  const items = yield* fitItems(log, seed)
  const model = assemble(log, items, blend, candidate, options)
  const publish = candidate === null || current === null || !isWorse(candidate, current)
  const figure = (figures: Figures | null) => (figures === null ? 'nothing to judge by' : figures.ndcg.toFixed(4))
  const reason = `NDCG@20 on the latest past: candidate ${figure(candidate)}, ${currentName} ${figure(current)}`
  return { model, candidate, served: current, publish, reason }
}

/** Worse by more than the tolerance and one standard error of the figure: a short past must not keep a model out by chance. */
function isWorse(candidate: Figures, current: Figures): boolean {
  const error = Math.sqrt((current.ndcg * (1 - current.ndcg)) / Math.max(1, current.n))
  return candidate.ndcg < current.ndcg * (1 - TOLERANCE) - error
}

/** One walk of the log: the blend is learned on the way, then candidate and served model answer the same queries. */
function* rehearse(log: TrainingLog, items: ItemModel, served: TrainedModel | null, options: TrainOptions) {
  const from = cutAt(log, FITTED)
  const judged = cutAt(log, BLENDED)
  const world = new LiveWorld(log.catalogue)
  const trial = assemble(log, items, null, null, { ...options, version: -1 })
  world.setModel(trial)
  const learner = new BlendLearner()
  const queriesMax = options.queriesMax ?? 6000
  const every = Math.max(1, Math.floor((judged - from) / queriesMax))
  const judgeEvery = Math.max(1, Math.floor((log.size - judged) / (queriesMax / 3)))
  const isFair = served !== null && served.fittedUntil < log.times[judged]!
  let blend: Blend | null = null
  let blended: TrainedModel | null = null
  const sums = { candidate: new FiguresSum(), current: new FiguresSum() }
  const walk = testThenLearn(log, world, {
    mode: options.mode ?? 'events',
    from,
    onQuery: (event, place) => {
      if (place < judged) {
        if (draw(place) % every === 0) learner.ask(world.recommender, world.snapshotOf(event.userId), event)
        return
      }
      if (blended === null) {
        blend = learner.learn()
        blended = { ...trial, blend }
      }
      if (draw(place) % judgeEvery !== 0) return
      for (const [model, sum] of [
        [blended, sums.candidate],
        [isFair ? served : null, sums.current],
      ] as const) {
        world.setModel(model)
        const list = world.recommender.recommend(world.snapshotOf(event.userId), { now: event.at, limit: JUDGED })
        sum.add(list.findIndex((entry) => entry.itemId === event.itemId) + 1)
      }
    },
  })
  for (const place of walk) yield { phase: place < judged ? 'blend' : 'validation', done: place / log.size } as const
  const orNull = (sum: FiguresSum) => (sum.figures.n === 0 ? null : sum.figures)
  return {
    blend: blend ?? learner.learn(),
    candidate: orNull(sums.candidate),
    current: orNull(sums.current),
    currentName: isFair ? 'served' : 'untrained',
  }
}

/** Spreads samples evenly and independently of how events alternate: the place, mixed by a multiplicative hash (Knuth). */
function draw(place: number): number {
  return Math.imul(place, 2654435761) >>> 8
}

/** The place after `share` of the log, never inside one timestamp. */
export function cutAt(log: TrainingLog, share: number): number {
  const place = Math.floor(log.size * share)
  return place === 0 ? 0 : groupEnd(log, place - 1)
}

function assemble(
  log: TrainingLog,
  items: ItemModel,
  blend: Blend | null,
  validation: Figures | null,
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
