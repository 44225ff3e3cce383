import { featureCount } from '../rank/features.ts'
import type { RankSamples } from './samples.ts'

export interface LinearOptions {
  rounds: number
  learningRate: number
  /** Pull of every weight towards 0. */
  weightDecay: number
  /**
   * 0: every query counts alike, so that those that no list can foresee have most to say. Towards 1: a query counts by the probability its right
   * candidate has already, which is closer to the hit rate.
   */
  focus: number
}

const batchSize = 64

/**
 * Weights by the listwise softmax loss (ListNet with one right answer: Cao et al., ICML 2007), generalized as by Zhang and Sabuncu (NeurIPS 2018):
 * Σ p^focus/focus of the right candidate among its query's (log p for focus 0), by gradient ascent with Adam (Kingma and Ba 2015). Weights are never
 * negative: every feature speaks for a candidate, and what chance says against it is not learned.
 *
 * @param x the samples as `expand` gives them.
 */
export function fitLinear(samples: RankSamples, x: Float32Array, options: LinearOptions): Float32Array {
  const W = 2 * featureCount
  const w = new Float64Array(W)
  const gradient = new Float64Array(W)
  const mean = new Float64Array(W)
  const square = new Float64Array(W)
  let step = 0
  for (let round = 0; round < options.rounds; round++) {
    const pace = options.learningRate * (1 - round / options.rounds)
    for (let begin = 0; begin < samples.size; begin += batchSize) {
      gradient.fill(0)
      let weights = 0
      // A fixed stride through the samples mixes early and late ones without a shuffle.
      for (let b = begin; b < Math.min(samples.size, begin + batchSize); b++)
        weights += addGradient(samples, (b * sampleStride) % samples.size, x, w, gradient, options.focus)
      step++
      for (let f = 0; f < W; f++) {
        const g = gradient[f]! / weights - options.weightDecay * w[f]!
        mean[f] = 0.9 * mean[f]! + 0.1 * g
        square[f] = 0.99 * square[f]! + 0.01 * g * g
        const unbiased = mean[f]! / (1 - 0.9 ** step)
        w[f] = Math.max(0, w[f]! + (pace * unbiased) / (Math.sqrt(square[f]! / (1 - 0.99 ** step)) + 1e-8))
      }
    }
  }
  return Float32Array.from(w)
}

/** A prime: every query is met once a round, unless their number is a multiple of it. */
const sampleStride = 7919
let p = new Float64Array(512)

/** Adds one query's gradient; returns what the query counts. */
function addGradient(
  samples: RankSamples,
  query: number,
  x: Float32Array,
  w: Float64Array,
  gradient: Float64Array,
  focus: number,
): number {
  const W = w.length
  const from = samples.from[query]!
  const count = samples.to[query]! - from
  const right = samples.relevant[query]! - from
  if (count > p.length) p = new Float64Array(count * 2)
  let most = -Infinity
  for (let c = 0, at = from * W; c < count; c++, at += W) {
    let score = 0
    for (let f = 0; f < W; f++) score += w[f]! * x[at + f]!
    p[c] = score
    if (score > most) most = score
  }
  let sum = 0
  for (let c = 0; c < count; c++) sum += p[c] = Math.exp(p[c]! - most)
  const weight = focus === 0 ? 1 : Math.max(1e-6, p[right]! / sum) ** focus
  for (let c = 0, at = from * W; c < count; c++, at += W) {
    const g = weight * ((c === right ? 1 : 0) - p[c]! / sum)
    if (Math.abs(g) < 1e-7) continue
    for (let f = 0; f < W; f++) gradient[f]! += g * x[at + f]!
  }
  return weight
}
