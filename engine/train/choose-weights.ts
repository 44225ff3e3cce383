import { defaultBlend } from '../rank/blend.ts'
import { fitLinear, type LinearOptions } from './linear-ranker.ts'
import type { Blend } from './model.ts'
import { RankingMetricsSum } from './ranking-metrics.ts'
import { chooseSamples, expand, type RankSamples } from './samples.ts'

/** The latest share of the queries, which decides between weights. */
const validationShare = 0.25
/** A more complicated choice must win by more than chance gives it. */
const requiredGain = 1.002

const candidateOptions: readonly LinearOptions[] = [0, 0.5].flatMap((focus) =>
  [0.003, 0.03].map((weightDecay) => ({ focus, weightDecay, rounds: 8, learningRate: 0.05 })),
)

/**
 * Weights for a session's start and for within it: for each the way of fitting that wins on the latest queries, on samples of that situation or on all
 * of them; then fitted to all. Null where nothing beats the default weights.
 *
 * @param least samples below which a situation has no weights of its own.
 */
export function chooseWeights(all: RankSamples, least: number): Blend['linear'] | null {
  const x = expand(all)
  const cut = [...all.askedAt].sort((a, b) => a - b)[Math.floor(all.size * (1 - validationShare))]!
  const defaults = defaultBlend().linear
  const past = chooseSamples(all, (q) => all.askedAt[q]! < cut)
  const common = candidateOptions.map((way) => fitLinear(past, x, way))
  const fits = new Map<LinearOptions, Float32Array>()
  let beaten = false

  const situation = (name: keyof Blend['linear']): Float32Array => {
    const isOwn = (q: number) => (all.inSession[q] === 1) === (name === 'inSession')
    const own = chooseSamples(all, isOwn)
    const ownPast = chooseSamples(all, (q) => isOwn(q) && all.askedAt[q]! < cut)
    const ownLatest = chooseSamples(all, (q) => isOwn(q) && all.askedAt[q]! >= cut)
    const latest = ownLatest.size >= least / 4 ? ownLatest : chooseSamples(all, (q) => all.askedAt[q]! >= cut)
    let most = ndcgOf(latest, x, defaults[name])
    let best: { way: LinearOptions; scope: RankSamples } | null = null
    const consider = (weights: Float32Array, way: LinearOptions, scope: RankSamples) => {
      const ndcg = ndcgOf(latest, x, weights)
      if (ndcg <= most * requiredGain) return
      most = ndcg
      best = { way, scope }
    }
    candidateOptions.forEach((way, k) => {
      consider(common[k]!, way, all)
    })
    if (ownPast.size >= least && ownPast.size < past.size)
      for (const way of candidateOptions) consider(fitLinear(ownPast, x, way), way, own)
    if (best === null) return defaults[name]
    beaten = true
    const { way, scope } = best as { way: LinearOptions; scope: RankSamples }
    if (scope !== all) return fitLinear(scope, x, way)
    const weights = fits.get(way) ?? fitLinear(all, x, way)
    fits.set(way, weights)
    return weights
  }

  const linear = { atStart: situation('atStart'), inSession: situation('inSession') }
  return beaten ? linear : null
}

/** NDCG@20 of the order that weights give. */
function ndcgOf(samples: RankSamples, x: Float32Array, weights: Float32Array): number {
  const W = weights.length
  const score = (candidate: number) => {
    let sum = 0
    for (let f = 0, at = candidate * W; f < W; f++) sum += weights[f]! * x[at + f]!
    return sum
  }
  const figures = new RankingMetricsSum()
  for (let q = 0; q < samples.size; q++) {
    const right = score(samples.relevant[q]!)
    let rank = 1
    for (let c = samples.from[q]!; c < samples.to[q]!; c++) if (score(c) > right) rank++
    figures.add(rank)
  }
  return figures.metrics.ndcg
}
