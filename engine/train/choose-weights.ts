import type { DesignMatrix } from '../kernels/design-matrix.ts'
import { defaultWeights } from '../rank/blend.ts'
import { featureCount } from '../rank/features.ts'
import { fitLinear, type LinearOptions } from './linear-ranker.ts'
import type { NeuralBlend, SituationWeights } from './model.ts'
import { fitNeural, type NeuralOptions, neuralScorer } from './neural-ranker.ts'
import { evaluatedTop } from './ranking-metrics.ts'
import { chooseSamples, expand, type RankSamples } from './samples.ts'

/** Share of the queries, the latest ones, for validation of the weights. */
const validationShare = 0.25
/** Minimum NDCG ratio by which a candidate must beat the current best, against selection by chance. */
const requiredGain = 1.002

const candidateOptions: readonly LinearOptions[] = [0, 0.5].flatMap((focus) =>
  [0.003, 0.03].map((weightDecay) => ({ focus, weightDecay, rounds: 8, learningRate: 0.05 })),
)

/**
 * Returns the weights for the start of a session and for queries within it. For each, every combination of
 * hyperparameters and training set (samples of that situation, or all) is validated on the latest queries; the winner
 * is refitted to all samples. The weights of a situation are null if none beats the default weights there; null if that
 * is so in both.
 *
 * @param least minimum samples for weights of a situation's own.
 */
export function chooseWeights(all: RankSamples, least: number): SituationWeights | null {
  const x = expand(all)
  const cut = [...all.askedAt].sort((a, b) => a - b)[Math.floor(all.size * (1 - validationShare))]!
  const past = chooseSamples(all, (q) => all.askedAt[q]! < cut)
  const common = candidateOptions.map((way) => fitLinear(past, x, way))
  const fits = new Map<LinearOptions, Float32Array>()
  let beaten = false

  const situation = (name: Situation): Float32Array | null => {
    const isOwn = (q: number) => (all.inSession[q] === 1) === (name === 'inSession')
    const own = chooseSamples(all, isOwn)
    const ownPast = chooseSamples(all, (q) => isOwn(q) && all.askedAt[q]! < cut)
    const ownLatest = chooseSamples(all, (q) => isOwn(q) && all.askedAt[q]! >= cut)
    const latest = ownLatest.size >= least / 4 ? ownLatest : chooseSamples(all, (q) => all.askedAt[q]! >= cut)
    let most = ndcgOf(latest, x, (q) => defaultsOf(latest, q))
    let best: { way: LinearOptions; scope: RankSamples } | null = null
    const consider = (weights: Float32Array, way: LinearOptions, scope: RankSamples) => {
      const ndcg = ndcgOf(latest, x, () => weights)
      if (ndcg <= most * requiredGain) return
      most = ndcg
      best = { way, scope }
    }
    candidateOptions.forEach((way, k) => {
      consider(common[k]!, way, all)
    })
    if (ownPast.size >= least && ownPast.size < past.size)
      for (const way of candidateOptions) consider(fitLinear(ownPast, x, way), way, own)
    if (best === null) return null
    beaten = true
    const { way, scope } = best as { way: LinearOptions; scope: RankSamples }
    if (scope !== all) return fitLinear(scope, x, way)
    const weights = fits.get(way) ?? fitLinear(all, x, way)
    fits.set(way, weights)
    return weights
  }

  const linear = { atStart: situation('atStart'), inSession: situation('inSession') }
  const neural = chooseNeural({ all, past, latest: chooseSamples(all, (q) => all.askedAt[q]! >= cut) }, x, linear)
  return beaten || neural !== null ? { ...linear, neural } : null
}

type Situation = 'atStart' | 'inSession'

interface SplitSamples {
  readonly all: RankSamples
  readonly past: RankSamples
  readonly latest: RankSamples
}

/** A hidden layer has about 1,000 parameters: with fewer queries it overfits. */
const neuralQueriesMin = 1000
/** Standard errors by which a hidden layer must gain NDCG on the latest queries: a one-sided test at 5 %. */
const neuralErrorsMin = 1.64
/** More than a list of samples ever has. */
const sampledCandidatesMax = 1024
const layerOptions: NeuralOptions = { rounds: 8, pace: 0.01, shrink: 1e-4, seed: 1 }
/** From what the past has taught to all of it: fewer rounds in smaller steps. */
const refitOptions: NeuralOptions = { ...layerOptions, rounds: 3, pace: 0.004 }

/**
 * The hidden layer that adds to the linear weights, where it does so on queries that it was not fitted to; fitted to
 * all of them then.
 */
function chooseNeural(
  { all, past, latest }: SplitSamples,
  x: DesignMatrix,
  linear: Record<Situation, Float32Array | null>,
): NeuralBlend | null {
  if (past.size < neuralQueriesMin) return null
  const scores = linearScores(all, x, linear)
  const layer = fitNeural(past, x, scores, layerOptions)
  const linearOf: QueryScorer = (query, out) => {
    const from = latest.from[query]!
    for (let c = from; c < latest.to[query]!; c++) out[c - from] = scores[c]!
  }
  const addLayer = neuralScorer(layer, latest, x)
  const without = gainsOf(latest, linearOf)
  const withLayer = gainsOf(latest, (query, out) => {
    linearOf(query, out)
    addLayer(query, out)
  })
  return isGain(without, withLayer, neuralErrorsMin) ? fitNeural(all, x, scores, refitOptions, layer) : null
}

/** Of every candidate, by the weights of its query's situation. Queries of one list share its situation. */
function linearScores(
  samples: RankSamples,
  x: DesignMatrix,
  linear: Record<Situation, Float32Array | null>,
): Float32Array {
  const scores = new Float32Array(samples.features.length / featureCount)
  for (let q = 0; q < samples.size; q++) {
    const from = samples.from[q]!
    const count = samples.to[q]! - from
    x.weights.set((samples.inSession[q] === 1 ? linear.inSession : linear.atStart) ?? defaultsOf(samples, q))
    x.multiply(from, count)
    scores.set(x.scores.subarray(0, count), from)
  }
  return scores
}

/** Whether the mean of the paired differences is above 0 by so many of its standard errors. */
function isGain(before: Float64Array, after: Float64Array, errorsMin: number): boolean {
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

/** Writes the scores of a query's candidates to `out`. */
type QueryScorer = (query: number, out: Float64Array) => void

/** NDCG@20 of each query in the order that scores give. */
function gainsOf(samples: RankSamples, scorer: QueryScorer): Float64Array {
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

const defaultsOf = ({ recents, inSession, browsing }: RankSamples, query: number): Float32Array =>
  defaultWeights({
    recents: recents[query]!,
    isInSession: inSession[query] === 1,
    isBrowsing: browsing[query] === 1,
  })

/** Mean NDCG@20 of the order that linear weights give, by query. */
function ndcgOf(samples: RankSamples, x: DesignMatrix, weightsFor: (query: number) => Float32Array): number {
  const gains = gainsOf(samples, (query, out) => {
    const from = samples.from[query]!
    const count = samples.to[query]! - from
    x.weights.set(weightsFor(query))
    x.multiply(from, count)
    out.set(x.scores.subarray(0, count))
  })
  return gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length)
}
