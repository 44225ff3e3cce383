import { contributionOf } from '../math/curve.ts'
import type { Blend } from '../train/model.ts'
import { featureCount, featureNames } from './features.ts'
import type { QueryContext } from './query.ts'

export const featureSet = featureNames.join(' ')

/**
 * Weights before the first training, at the start of a session: sequences first, then similarity and the user vector;
 * trends break ties.
 */
const weightsAtStart: NamedWeights = {
  last: 0.4,
  next: 0.6,
  fresh: 0.3,
  session: 0.5,
  back: 0.2,
  ever: 0.6,
  content: 0.15,
  itemRegression: 0.5,
  itemKnn: 0.3,
  taste: 0.3,
  habit: 0.8,
  hour: 0.02,
  day: 0.08,
  week: 0.1,
  month: 0.1,
  year: 0.05,
  foundWeek: 0.05,
  foundMonth: 0.05,
  foundDay: 0.05,
  total: 0.05,
  category: 0.08,
  new: 0.01,
}

/**
 * For a user without known items: trends alone, and those of the last day count more than at the start of a later
 * visit. Chosen on first queries of logs of clicks, ratings and purchases.
 */
const weightsOfUnknown: NamedWeights = {
  hour: 0.04,
  day: 0.16,
  week: 0.1,
  month: 0.1,
  year: 0.05,
  foundDay: 0.12,
  foundWeek: 0.05,
  foundMonth: 0.05,
  total: 0.05,
  new: 0.04,
}

/**
 * Within a session of purchases or ratings: sequences count more in both directions. Chosen on the past of logs of
 * clicks, ratings and purchases.
 */
const weightsInSession: NamedWeights = {
  last: [0.7, 0.2],
  next: [0.9, 0.4],
  fresh: [0.5, 0.2],
  session: 0.4,
  back: [0.5, 0.5],
  ever: [0.8, 0.3],
  content: [0.4, 0.1],
  itemRegression: 0.7,
  itemKnn: 0.4,
  taste: 0.4,
  hour: [0, 0.08],
  day: [0.05, 0.1],
  week: 0.15,
  month: 0.15,
  year: 0.05,
  foundDay: [0.05, 0.2],
  foundWeek: 0.15,
  foundMonth: 0.15,
  total: 0.1,
  category: [0.3, 0.1],
  new: 0.02,
}

/**
 * Within a session of views and clicks: the latest item counts more, recent sequences count more than old ones, and
 * trends count less. Rounded from weights fitted to the past of two logs of clicks.
 */
const weightsOfBrowsing: NamedWeights = {
  next: [0.45, 1.05],
  fresh: [0.9, 1.35],
  session: [0, 0.6],
  ever: [0.7, 1.6],
  last: [0.6, 1],
  back: [0.6, 1.5],
  content: [0.5, 0.2],
  itemRegression: 0.9,
  itemKnn: 0.5,
  taste: 0.5,
  hour: [0, 0.05],
  day: [0, 0.2],
  week: 0.1,
  month: 0.1,
  foundDay: [0, 0.3],
  total: 0.1,
  category: [0.3, 0.2],
  new: [0.1, 0.1],
}

export const defaultBlend: Blend = {
  features: featureSet,
  linear: { atStart: null, inSession: null, neural: null },
  repeat: null,
}

/** Returns the linear weights of a situation for which none are learned. */
export function defaultWeights({ recents, isInSession, isBrowsing }: QueryContext): Float32Array {
  if (recents === 0) return ofUnknown
  if (!isInSession) return atStart
  return isBrowsing ? ofBrowsing : inSession
}

/** Per feature its weight, or its weight and that of the curved feature. Default of both: 0. */
export type NamedWeights = Partial<Record<(typeof featureNames)[number], number | readonly [number, number]>>

/** Weights by name as `linearScore` reads them. */
export function weightsOf(named: NamedWeights): Float32Array {
  const weights = new Float32Array(2 * featureCount)
  for (let f = 0; f < featureCount; f++) {
    const weight = named[featureNames[f]!] ?? 0
    const [plain, curved] = typeof weight === 'number' ? [weight, 0] : weight
    weights[f] = plain
    weights[featureCount + f] = curved
  }
  return weights
}

const atStart = weightsOf(weightsAtStart)
const inSession = weightsOf(weightsInSession)
const ofUnknown = weightsOf(weightsOfUnknown)
const ofBrowsing = weightsOf(weightsOfBrowsing)

/** Weighted sum of one candidate's features, which begin at `at`. */
export function linearScore(weights: Float32Array, features: Float32Array, at: number): number {
  let score = 0
  for (let f = 0; f < featureCount; f++) {
    const x = features[at + f]!
    if (x !== 0) score += contributionOf(weights, featureCount, f, x)
  }
  return score
}

/** Lists of similar items. */
export const similarWeights = weightsOf({
  ever: 1,
  itemRegression: 0.6,
  content: 0.4,
  session: 0.3,
  back: 0.2,
  category: 0.2,
  total: 0.01,
})
/** Lists of items bought together. */
export const boughtTogetherWeights = weightsOf({
  session: 1,
  ever: 0.5,
  next: 0.4,
  back: 0.4,
  itemRegression: 0.3,
  content: 0.05,
  total: 0.01,
})
