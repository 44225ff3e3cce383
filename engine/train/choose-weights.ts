import { defaultBlend } from '../rank/blend.ts'
import { FiguresSum } from './figures.ts'
import { fitLinear, type LinearOptions } from './linear-ranker.ts'
import type { Blend } from './model.ts'
import { chooseSamples, expand, type RankSamples } from './samples.ts'

/** The latest share of the queries, which decides between weights. */
const JUDGING = 0.25
/** A more complicated choice must win by more than chance gives it. */
const MARGIN = 1.002

const WAYS: readonly LinearOptions[] = [0, 0.5].flatMap((focus) =>
  [0.003, 0.03].map((shrink) => ({ focus, shrink, rounds: 8, pace: 0.05 })),
)

/**
 * Weights for a session's start and for within it: for each the way of fitting that wins on the latest queries, on samples of that situation or on all
 * of them; then fitted to all. Null where nothing beats the default weights.
 *
 * @param least samples below which a situation has no weights of its own.
 */
export function chooseWeights(all: RankSamples, least: number): Blend['linear'] | null {
  const x = expand(all)
  const cut = [...all.at].sort((a, b) => a - b)[Math.floor(all.size * (1 - JUDGING))]!
  const defaults = defaultBlend().linear
  const past = chooseSamples(all, (q) => all.at[q]! < cut)
  const common = WAYS.map((way) => fitLinear(past, x, way))
  const fits = new Map<LinearOptions, Float32Array>()
  let beaten = false

  const situation = (name: keyof Blend['linear']): Float32Array => {
    const isOwn = (q: number) => (all.inSession[q] === 1) === (name === 'inSession')
    const own = chooseSamples(all, isOwn)
    const ownPast = chooseSamples(all, (q) => isOwn(q) && all.at[q]! < cut)
    const ownLatest = chooseSamples(all, (q) => isOwn(q) && all.at[q]! >= cut)
    const latest = ownLatest.size >= least / 4 ? ownLatest : chooseSamples(all, (q) => all.at[q]! >= cut)
    let most = judge(latest, x, defaults[name])
    let best: { way: LinearOptions; scope: RankSamples } | null = null
    const consider = (weights: Float32Array, way: LinearOptions, scope: RankSamples) => {
      const ndcg = judge(latest, x, weights)
      if (ndcg <= most * MARGIN) return
      most = ndcg
      best = { way, scope }
    }
    WAYS.forEach((way, k) => {
      consider(common[k]!, way, all)
    })
    if (ownPast.size >= least && ownPast.size < past.size)
      for (const way of WAYS) consider(fitLinear(ownPast, x, way), way, own)
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
function judge(samples: RankSamples, x: Float32Array, weights: Float32Array): number {
  const W = weights.length
  const score = (candidate: number) => {
    let sum = 0
    for (let f = 0, at = candidate * W; f < W; f++) sum += weights[f]! * x[at + f]!
    return sum
  }
  const figures = new FiguresSum()
  for (let q = 0; q < samples.size; q++) {
    const right = score(samples.right[q]!)
    let rank = 1
    for (let c = samples.from[q]!; c < samples.to[q]!; c++) if (score(c) > right) rank++
    figures.add(rank)
  }
  return figures.figures.ndcg
}
