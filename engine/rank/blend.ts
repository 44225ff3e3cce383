import { contributionOf } from '../math/curve.ts'
import type { Blend } from '../train/model.ts'
import { featureCount, featureNames } from './features.ts'

export const featureSet = featureNames.join(' ')

/** Weights before the first training: sequences first, then similarity and the user vector; trends break ties. */
const defaultWeights: NamedWeights = {
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

export function defaultBlend(): Blend {
  const weights = weightsOf(defaultWeights)
  return { features: featureSet, linear: { atStart: weights, inSession: weights, neural: null }, repeat: null }
}

export type NamedWeights = Partial<Record<(typeof featureNames)[number], number>>

/** Weights by name as `linearScore` reads them. */
export function weightsOf(named: NamedWeights): Float32Array {
  const weights = new Float32Array(2 * featureCount)
  for (let f = 0; f < featureCount; f++) weights[f] = named[featureNames[f]!] ?? 0
  return weights
}

/** Weighted sum of one candidate's features, which begin at `at`. */
export function linearScore(weights: Float32Array, features: Float32Array, at: number): number {
  let score = 0
  for (let f = 0; f < featureCount; f++) {
    const x = features[at + f]!
    if (x !== 0) score += contributionOf(weights, featureCount, f, x)
  }
  return score
}
