import { F } from '../rank/features.ts'
import { expand, type RankSamples } from './samples.ts'

export interface LinearOptions {
  rounds: number
  pace: number
  /** Pull of every weight towards the start weights. */
  shrink: number
}

/**
 * Weights by the listwise softmax loss (ListNet with one right answer: Cao et al., ICML 2007): the log-probability of the right candidate among its
 * query's, by gradient ascent with Adam (Kingma and Ba 2015). Weights may be negative.
 *
 * @param start 2 · F weights to begin from and shrink to.
 */
export function fitLinear(samples: RankSamples, start: Float32Array, options: LinearOptions): Float32Array {
  const W = 2 * F
  const x = expand(samples)
  const first = samples.starts[0]!
  const w = Float64Array.from(start)
  const gradient = new Float64Array(W)
  const mean = new Float64Array(W)
  const square = new Float64Array(W)
  let p = new Float64Array(512)
  const batch = 64
  let step = 0
  for (let round = 0; round < options.rounds; round++) {
    const pace = options.pace * (1 - round / options.rounds)
    for (let begin = 0; begin < samples.size; begin += batch) {
      gradient.fill(0)
      const end = Math.min(samples.size, begin + batch)
      // A fixed stride through the samples mixes early and late ones without a shuffle.
      for (let b = begin; b < end; b++) {
        const q = (b * 7919) % samples.size
        const from = samples.starts[q]! - first
        const count = samples.starts[q + 1]! - first - from
        if (count > p.length) p = new Float64Array(count * 2)
        let most = -Infinity
        for (let c = 0; c < count; c++) {
          let score = 0
          for (let f = 0, at = (from + c) * W; f < W; f++) score += w[f]! * x[at + f]!
          p[c] = score
          if (score > most) most = score
        }
        let sum = 0
        for (let c = 0; c < count; c++) sum += p[c] = Math.exp(p[c]! - most)
        for (let c = 0; c < count; c++) {
          const g = (c === samples.right[q] ? 1 : 0) - p[c]! / sum
          for (let f = 0, at = (from + c) * W; f < W; f++) gradient[f]! += g * x[at + f]!
        }
      }
      step++
      for (let f = 0; f < W; f++) {
        const g = gradient[f]! / (end - begin) - options.shrink * (w[f]! - start[f]!)
        mean[f] = 0.9 * mean[f]! + 0.1 * g
        square[f] = 0.99 * square[f]! + 0.01 * g * g
        const unbiased = mean[f]! / (1 - 0.9 ** step)
        w[f]! += (pace * unbiased) / (Math.sqrt(square[f]! / (1 - 0.99 ** step)) + 1e-8)
      }
    }
  }
  return Float32Array.from(w)
}
