import type { DesignMatrix } from '../kernels/design-matrix.ts'
import type { RankSamples } from './samples.ts'

/**
 * A fixed stride through the samples mixes early and late ones without a shuffle. A prime, so that every query is
 * visited once per round unless the number of queries is a multiple of it.
 */
export const sampleStride = 7919

/** Factors below this are set to 0: the kernel skips their rows. */
const factorMin = 1e-7

/**
 * Fills `x.factors` with the gradient of log p with respect to the scores of one query's candidates, where p is the
 * softmax probability of the relevant one by `x.scores`: 1 - p for the relevant one, -p of the candidate for the
 * others. Returns p.
 */
export function softmaxFactors(samples: RankSamples, query: number, x: DesignMatrix): number {
  const { scores, factors } = x
  const from = samples.from[query]!
  const count = samples.to[query]! - from
  const right = samples.relevant[query]! - from
  let most = -Infinity
  for (let c = 0; c < count; c++) if (scores[c]! > most) most = scores[c]!
  let sum = 0
  for (let c = 0; c < count; c++) sum += factors[c] = Math.exp(scores[c]! - most)
  const probability = factors[right]! / sum
  const per = -1 / sum
  for (let c = 0; c < count; c++) {
    const factor = factors[c]! * per
    factors[c] = factor > -factorMin ? 0 : factor
  }
  factors[right] = 1 - probability
  return probability
}
