import { sessionGapMs } from '../items/deltas.ts'
import { defaultBlend, featureSet } from '../rank/blend.ts'
import { isPositive } from '../user/signals.ts'
import type { ChosenWeights } from './choose-weights.ts'
import type { TrainingLog } from './log.ts'
import type { Blend, RankingMetrics, SituationWeights, TrainedModel } from './model.ts'
import type { TrainProgress } from './progress.ts'
import { evaluatedTop, RankingMetricsSum } from './ranking-metrics.ts'
import { groupEnd, OnlineReplay, testThenTrain } from './test-then-train.ts'
import { BlendTrainer } from './train-blend.ts'

/**
 * Time split of the log: item models are fitted up to `fitShare`, the blend up to `blendEndShare`; the rest is the test
 * set.
 */
export const fitShare = 0.8
const blendEndShare = 0.95

export interface CandidateEvaluation {
  blend: Blend
  /** Null without test queries. */
  candidate: RankingMetrics | null
  current: RankingMetrics | null
  currentName: string
}

/**
 * Replays the log once: fits the blend on its middle part, then evaluates the candidate and the served model on the
 * same test queries. A hidden layer whose NDCG on them is below that of the weights without one is left out of the
 * candidate: a layer that wins on the queries right after those it was fitted to can still lose on later ones.
 *
 * @param trial item models fitted to the first `fitShare` of the log
 * @param queriesMax maximum queries of the fit; the test uses a third of it
 */
export function* evaluateCandidate(
  log: TrainingLog,
  trial: TrainedModel,
  served: TrainedModel | null,
  queriesMax: number,
): Generator<TrainProgress, CandidateEvaluation> {
  const from = splitAt(log, fitShare)
  const judged = splitAt(log, blendEndShare)
  const replay = new OnlineReplay(log.catalog)
  replay.setModel(trial)
  const learner = new BlendTrainer()
  const repeats = new BlendTrainer(true)
  const learn = () => blendsOf(learner.fit(), repeats.fit().best)
  const every = Math.max(1, Math.floor((judged - from) / queriesMax))
  const everySession = Math.max(1, Math.floor(sessionsIn(log, from, judged) / (queriesMax / 4)))
  const judgeEvery = Math.max(1, Math.floor((log.size - judged) / (queriesMax / 3)))
  const isFair = served !== null && served.fittedUntil < log.times[judged]!
  let blends: ReturnType<typeof blendsOf> | null = null
  let contenders: readonly (readonly [TrainedModel | null, RankingMetricsSum])[] | null = null
  const sums = { whole: new RankingMetricsSum(), linear: new RankingMetricsSum(), current: new RankingMetricsSum() }
  const walk = testThenTrain(log, replay, {
    mode: 'events',
    from,
    onEvent: (event, place) => {
      if (place >= judged) return
      const last = replay.profiles.get(event.userId)?.history.at(-1)?.timestamp ?? Number.NEGATIVE_INFINITY
      if (isPositive(event)) {
        repeats.recordTouch(event.userId, event.itemId)
        if (hashPlace(place) % every === 0) repeats.addQuery(replay.recommender, replay.snapshotOf(event.userId), event)
      }
      if (event.timestamp - last <= sessionGapMs) return
      repeats.closeSession(event.userId)
      learner.closeSession(event.userId)
      if (hashPlace(place) % everySession === 0) {
        learner.openSession(replay.recommender, replay.snapshotOf(event.userId), event.timestamp)
        repeats.openSession(replay.recommender, replay.snapshotOf(event.userId), event.timestamp)
        repeats.recordTouch(event.userId, event.itemId)
      }
    },
    onQuery: (event, place) => {
      if (place < judged) {
        learner.recordTouch(event.userId, event.itemId)
        if (hashPlace(place) % every === 0) learner.addQuery(replay.recommender, replay.snapshotOf(event.userId), event)
        return
      }
      if (contenders === null) {
        blends = learn()
        const { best, linear } = blends
        contenders = [
          [{ ...trial, blend: best }, sums.whole],
          ...(best.linear.neural ? [[{ ...trial, blend: linear }, sums.linear] as const] : []),
          [isFair ? served : null, sums.current],
        ]
      }
      if (hashPlace(place) % judgeEvery !== 0) return
      for (const [model, sum] of contenders) {
        if (model !== replay.model) replay.setModel(model)
        const list = replay.recommender.recommend(replay.snapshotOf(event.userId), {
          now: event.timestamp,
          limit: evaluatedTop,
        })
        sum.add(list.findIndex((entry) => entry.itemId === event.itemId) + 1)
      }
    },
  })
  for (const place of walk) yield { phase: place < judged ? 'blend' : 'validation', done: place / log.size } as const
  const orNull = (sum: RankingMetricsSum) => (sum.metrics.n === 0 ? null : sum.metrics)
  const isLinear = isLayerWorse(sums.whole.metrics, sums.linear.metrics)
  const { best, linear } = blends ?? learn()
  return {
    blend: isLinear ? linear : best,
    candidate: orNull(isLinear ? sums.linear : sums.whole),
    current: orNull(sums.current),
    currentName: isFair ? 'served' : 'untrained',
  }
}

/** Whether linear weights alone have a higher NDCG on the test queries than with the layer. False if not evaluated. */
export const isLayerWorse = (whole: RankingMetrics, linear: RankingMetrics): boolean =>
  linear.n > 0 && linear.ndcg > whole.ndcg

/** Returns the blend without a hidden layer, and the best one. */
export function blendsOf(
  { linear, best }: ChosenWeights,
  repeat: SituationWeights | null,
): Record<'linear' | 'best', Blend> {
  const blendOf = (weights: SituationWeights | null): Blend => {
    return { features: featureSet, linear: weights ?? defaultBlend.linear, repeat }
  }
  return { linear: blendOf(linear), best: blendOf(best) }
}

function sessionsIn(log: TrainingLog, from: number, to: number): number {
  const last = new Map<number, number>()
  let sessions = 0
  for (let place = from; place < to; place++) {
    const at = log.times[place]!
    if (at - (last.get(log.users[place]!) ?? Number.NEGATIVE_INFINITY) > sessionGapMs) sessions++
    last.set(log.users[place]!, at)
  }
  return sessions
}

/** Multiplicative hash (Knuth) of a log index, for sampling that does not depend on patterns in the order of events. */
function hashPlace(place: number): number {
  return Math.imul(place, 2654435761) >>> 8
}

/** Returns the index that splits the log after `share` of its events, never between events of one timestamp. */
export function splitAt(log: TrainingLog, share: number): number {
  const place = Math.floor(log.size * share)
  return place === 0 ? 0 : groupEnd(log, place - 1)
}
