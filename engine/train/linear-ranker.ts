import type { DesignMatrix } from '../kernels/design-matrix.ts'
import { featureCount } from '../rank/features.ts'
import { Adam } from './adam.ts'
import type { RankSamples } from './samples.ts'
import { sampleStride, softmaxFactors } from './softmax-loss.ts'

export interface LinearOptions {
  rounds: number
  learningRate: number
  /** L2 regularization. */
  weightDecay: number
  /**
   * Exponent q of the loss, 0 to 1. 0: all queries have equal weight. Higher: a query is weighted by the predicted
   * probability of its relevant candidate to the power of q, so that unpredictable queries count less and the loss is
   * closer to the hit rate.
   */
  focus: number
  /** Features whose weights stay 0. Default: none. */
  without?: readonly number[]
}

const batchSize = 64

/**
 * Fits weights by the listwise softmax loss (ListNet with one relevant candidate per query: Cao et al., ICML 2007),
 * generalized after Zhang and Sabuncu (NeurIPS 2018): maximizes Σ p^focus/focus of the relevant candidates (log p for
 * focus 0) with Adam (Kingma and Ba 2015), each batch weighted by p^focus. Weights are constrained to be non-negative:
 * every feature is evidence for a candidate. Returns 2 · featureCount weights, as `linearScore` reads them.
 *
 * @param x the samples as `expand` gives them.
 */
export function fitLinear(samples: RankSamples, x: DesignMatrix, options: LinearOptions): Float32Array {
  const W = 2 * featureCount
  const w = new Float64Array(W)
  const fitted = [...w.keys()].filter((f) => !options.without?.includes(f % featureCount))
  const adam = new Adam(W)
  let step = 0
  for (let round = 0; round < options.rounds; round++) {
    const learningRate = options.learningRate * (1 - round / options.rounds)
    for (let begin = 0; begin < samples.size; begin += batchSize) {
      x.weights.set(w)
      x.gradient.fill(0)
      let weights = 0
      for (let b = begin; b < Math.min(samples.size, begin + batchSize); b++)
        weights += addGradient(samples, (b * sampleStride) % samples.size, x, options.focus)
      step++
      for (const f of fitted) {
        const g = x.gradient[f]! / weights - options.weightDecay * w[f]!
        w[f] = Math.max(0, w[f]! + adam.ascend(f, g, learningRate, step))
      }
    }
  }
  return Float32Array.from(w)
}

/** Adds one query's gradient to `x.gradient`. Returns the query's weight. */
function addGradient(samples: RankSamples, query: number, x: DesignMatrix, focus: number): number {
  const from = samples.from[query]!
  const count = samples.to[query]! - from
  x.multiply(from, count)
  const right = softmaxFactors(samples, query, x)
  const weight = focus === 0 ? 1 : Math.max(1e-6, right) ** focus
  if (weight !== 1) for (let c = 0; c < count; c++) x.factors[c]! *= weight
  x.addRows(from, count)
  return weight
}
