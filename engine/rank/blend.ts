import type { Blend } from '../train/model.ts'
import { F, FEATURES } from './features.ts'

export const EDITION = FEATURES.join(' ')

/** Before anything was learned from the log: sequences first, then similarity and taste, trends to break ties. */
const DEFAULTS: NamedWeights = {
  last: 0.4,
  next: 0.6,
  fresh: 0.3,
  session: 0.5,
  back: 0.2,
  ever: 0.6,
  content: 0.15,
  neighbours: 0.5,
  kin: 0.3,
  taste: 0.3,
  hour: 0.02,
  day: 0.08,
  week: 0.1,
  month: 0.1,
  year: 0.05,
  total: 0.05,
  category: 0.08,
  new: 0.01,
}

export function defaultBlend(): Blend {
  const weights = weightsOf(DEFAULTS)
  return { features: EDITION, linear: { atStart: weights, inSession: weights } }
}

export type NamedWeights = Partial<Record<(typeof FEATURES)[number], number>>

/** Weights by name as `linearScore` reads them. */
export function weightsOf(named: NamedWeights): Float32Array {
  const weights = new Float32Array(2 * F)
  for (let f = 0; f < F; f++) weights[f] = named[FEATURES[f]!] ?? 0
  return weights
}

/** Weighted sum of one candidate's features, which begin at `at`. */
export function linearScore(weights: Float32Array, features: Float32Array, at: number): number {
  let score = 0
  for (let f = 0; f < F; f++) {
    const x = features[at + f]!
    score += weights[f]! * x + weights[F + f]! * curve(x)
  }
  return score
}

/** The feature that gives a candidate most of its linear score. */
export function strongestFeature(weights: Float32Array, features: Float32Array, candidate: number): number {
  let found = 0
  let most = -Infinity
  for (let f = 0; f < F; f++) {
    const x = features[candidate * F + f]!
    const part = weights[f]! * x + weights[F + f]! * curve(x)
    if (part > most) {
      most = part
      found = f
    }
  }
  return found
}

/**
 * The second look at a feature, log(1 + 200x)/log(201): steep near zero, since a share of 1 % against nothing says more than 51 % against 50 %. Maps
 * 0..1 to 0..1. Read from a table over √x, where it bends least; off by less than 0.0001.
 */
export function curve(x: number): number {
  if (x >= 1) return 1
  const at = Math.sqrt(x) * BENDS
  const place = at | 0
  const low = TABLE[place]!
  return low + (at - place) * (TABLE[place + 1]! - low)
}

const BENDS = 512
const TABLE = Float64Array.from({ length: BENDS + 1 }, (_, k) => Math.log(1 + 200 * (k / BENDS) ** 2) / Math.log(201))
