import type { DesignMatrix } from '../kernels/design-matrix.ts'
import { evaluatedTop } from './ranking-metrics.ts'
import type { RankSamples } from './samples.ts'

/** Upper bound of the candidates per list of samples (train-blend.ts keeps at most 160). */
const sampledCandidatesMax = 1024

/** Writes the scores of a query's candidates to `out`. */
export type QueryScorer = (query: number, out: Float64Array) => void

/** @param scores of every candidate. */
export function scorerOf({ from, to }: RankSamples, scores: Float32Array): QueryScorer {
  return (query, out) => out.set(scores.subarray(from[query]!, to[query]!))
}

/** Returns the NDCG@20 of each query, with candidates ordered by their scores. */
export function gainsOf(samples: RankSamples, scorer: QueryScorer): Float64Array {
  const gains = new Float64Array(samples.size)
  const scores = new Float64Array(sampledCandidatesMax)
  for (let q = 0; q < samples.size; q++) {
    scorer(q, scores)
    const from = samples.from[q]!
    const right = scores[samples.relevant[q]! - from]!
    let rank = 1
    for (let c = 0; c < samples.to[q]! - from; c++) if (scores[c]! > right) rank++
    if (rank <= evaluatedTop) gains[q] = 1 / Math.log2(rank + 1)
  }
  return gains
}

/** Returns the mean NDCG@20, with candidates ordered by linear scores. @param weightsFor linear weights of a query */
export function ndcgOf(samples: RankSamples, x: DesignMatrix, weightsFor: (query: number) => Float32Array): number {
  const gains = gainsOf(samples, (query, out) => {
    const from = samples.from[query]!
    const count = samples.to[query]! - from
    x.weights.set(weightsFor(query))
    x.multiply(from, count)
    out.set(x.scores.subarray(0, count))
  })
  return gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length)
}

/**
 * Whether the mean of the paired differences `after` - `before` is more than `errorsMin` of its standard errors above
 * 0.
 */
export function isGain(before: Float64Array, after: Float64Array, errorsMin: number): boolean {
  const n = before.length
  if (n < 2) return false
  let [sum, squares] = [0, 0]
  for (let q = 0; q < n; q++) {
    const difference = after[q]! - before[q]!
    sum += difference
    squares += difference ** 2
  }
  const mean = sum / n
  const variance = Math.max(0, squares / n - mean ** 2)
  return mean > errorsMin * Math.sqrt(variance / (n - 1))
}
