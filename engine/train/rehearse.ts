import { SESSION_GAP_MS } from '../items/deltas.ts'
import { FiguresSum, JUDGED } from './figures.ts'
import { BlendLearner } from './learn-blend.ts'
import type { TrainingLog } from './log.ts'
import type { Blend, Figures, TrainedModel } from './model.ts'
import type { TrainProgress } from './progress.ts'
import { groupEnd, LiveWorld, testThenLearn } from './test-then-learn.ts'

/** Shares of the log: what the trial's item models are fitted to, then what its blend is learned from; the rest judges. */
export const FITTED = 0.8
const BLENDED = 0.95

export interface Rehearsal {
  blend: Blend | null
  /** Null where nothing was asked. */
  candidate: Figures | null
  current: Figures | null
  currentName: string
}

/** One walk of the log: the blend is learned on the way, then candidate and served model answer the same queries. */
export function* rehearse(
  log: TrainingLog,
  trial: TrainedModel,
  served: TrainedModel | null,
  queriesMax: number,
): Generator<TrainProgress, Rehearsal> {
  const from = cutAt(log, FITTED)
  const judged = cutAt(log, BLENDED)
  const world = new LiveWorld(log.catalogue)
  world.setModel(trial)
  const learner = new BlendLearner()
  const every = Math.max(1, Math.floor((judged - from) / queriesMax))
  const everySession = Math.max(1, Math.floor(sessionsIn(log, from, judged) / (queriesMax / 4)))
  const judgeEvery = Math.max(1, Math.floor((log.size - judged) / (queriesMax / 3)))
  const isFair = served !== null && served.fittedUntil < log.times[judged]!
  let blend: Blend | null = null
  let blended: TrainedModel | null = null
  const sums = { candidate: new FiguresSum(), current: new FiguresSum() }
  const walk = testThenLearn(log, world, {
    mode: 'events',
    from,
    onEvent: (event, place) => {
      if (place >= judged) return
      const last = world.profiles.get(event.userId)?.history.at(-1)?.at ?? Number.NEGATIVE_INFINITY
      if (event.at - last <= SESSION_GAP_MS) return
      learner.close(event.userId)
      if (draw(place) % everySession === 0) learner.open(world.recommender, world.snapshotOf(event.userId), event.at)
    },
    onQuery: (event, place) => {
      if (place < judged) {
        learner.took(event.userId, event.itemId)
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
        if (model !== world.model) world.setModel(model)
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

function sessionsIn(log: TrainingLog, from: number, to: number): number {
  const last = new Map<number, number>()
  let sessions = 0
  for (let place = from; place < to; place++) {
    const at = log.times[place]!
    if (at - (last.get(log.users[place]!) ?? Number.NEGATIVE_INFINITY) > SESSION_GAP_MS) sessions++
    last.set(log.users[place]!, at)
  }
  return sessions
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
