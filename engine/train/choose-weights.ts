import type { DesignMatrix } from '../kernels/design-matrix.ts'
import { defaultWeights } from '../rank/blend.ts'
import { featureCount } from '../rank/features.ts'
import { sumsOfOneItem } from '../rank/sources.ts'
import { fitLinear, type LinearOptions } from './linear-ranker.ts'
import type { SituationWeights } from './model.ts'
import { fitNeural, type NeuralOptions, neuralScorer } from './neural-ranker.ts'
import { gainsOf, isGain, ndcgOf, scorerOf } from './sample-gains.ts'
import { chooseSamples, expand, type RankSamples } from './samples.ts'

/** Share of the queries, the latest ones, for validation of the weights. */
const validationShare = 0.25
/** Minimum ratio of a candidate's NDCG to that of the current best, to avoid selection by chance. */
const requiredGain = 1.002

const candidateOptions: readonly LinearOptions[] = [0, 0.5].flatMap((focus) =>
  [0.003, 0.03].map((weightDecay) => ({ focus, weightDecay, rounds: 8, learningRate: 0.05 })),
)

/** Null: the default weights. */
export interface ChosenWeights {
  /** Weights to use without a hidden layer: those of `sumsOfOneItem` are 0. */
  readonly linear: SituationWeights | null
  /** The same, or weights of all features with a hidden layer if that has a higher NDCG. */
  readonly best: SituationWeights | null
}

/**
 * Chooses linear weights, and linear weights with a hidden layer. Only the latter use the sums of one item: these
 * improve lists with a layer, but not without one.
 *
 * @param least minimum queries of a situation for weights fitted to it alone
 */
export function chooseWeights(all: RankSamples, least: number): ChosenWeights {
  const cut = [...all.askedAt].sort((a, b) => a - b)[Math.floor(all.size * (1 - validationShare))]!
  const split: SplitSamples = {
    all,
    x: expand(all),
    past: chooseSamples(all, (q) => all.askedAt[q]! < cut),
    latest: chooseSamples(all, (q) => all.askedAt[q]! >= cut),
    cut,
  }
  const alone = chooseLinear(split, least, sumsOfOneItem)
  const withLayer = chooseWithLayer(split, least, alone)
  const linear = alone.atStart === null && alone.inSession === null ? null : { ...alone, neural: null }
  return { linear, best: withLayer ?? linear }
}

interface SplitSamples {
  readonly all: RankSamples
  /** All samples as `expand` gives them. */
  readonly x: DesignMatrix
  /** Queries before `cut`, and from then on. */
  readonly past: RankSamples
  readonly latest: RankSamples
  readonly cut: number
}

type Situation = 'atStart' | 'inSession'
type LinearWeights = Pick<SituationWeights, Situation>

/**
 * Returns the linear weights for the start of a session and for queries within it. For each, every combination of
 * hyperparameters and training set (samples of that situation, or all) is validated on the latest queries; the winner
 * is refitted to all samples. The weights of a situation are null if none beats the default weights there.
 *
 * @param without features that the weights do not read.
 */
function chooseLinear(
  { all, x, past, latest: allLatest, cut }: SplitSamples,
  least: number,
  without: readonly number[],
): LinearWeights {
  const ways = candidateOptions.map((way) => ({ ...way, without }))
  const common = ways.map((way) => fitLinear(past, x, way))
  const fits = new Map<LinearOptions, Float32Array>()

  const situation = (name: Situation): Float32Array | null => {
    const isOwn = (q: number) => (all.inSession[q] === 1) === (name === 'inSession')
    const own = chooseSamples(all, isOwn)
    const ownPast = chooseSamples(all, (q) => isOwn(q) && all.askedAt[q]! < cut)
    const ownLatest = chooseSamples(all, (q) => isOwn(q) && all.askedAt[q]! >= cut)
    const latest = ownLatest.size >= least / 4 ? ownLatest : allLatest
    let most = ndcgOf(latest, x, (q) => defaultsOf(latest, q))
    let best: { way: LinearOptions; scope: RankSamples } | null = null
    const consider = (weights: Float32Array, way: LinearOptions, scope: RankSamples) => {
      const ndcg = ndcgOf(latest, x, () => weights)
      if (ndcg <= most * requiredGain) return
      most = ndcg
      best = { way, scope }
    }
    ways.forEach((way, k) => {
      consider(common[k]!, way, all)
    })
    if (ownPast.size >= least && ownPast.size < past.size)
      for (const way of ways) consider(fitLinear(ownPast, x, way), way, own)
    if (best === null) return null
    const { way, scope } = best as { way: LinearOptions; scope: RankSamples }
    if (scope !== all) return fitLinear(scope, x, way)
    const weights = fits.get(way) ?? fitLinear(all, x, way)
    fits.set(way, weights)
    return weights
  }
  return { atStart: situation('atStart'), inSession: situation('inSession') }
}

/** A hidden layer has about 1,000 parameters: with fewer queries it overfits. */
const neuralQueriesMin = 1000
/** Standard errors by which a hidden layer must gain NDCG on the latest queries: a one-sided test at 5 %. */
const neuralErrorsMin = 1.64
const layerOptions: NeuralOptions = { rounds: 8, learningRate: 0.01, weightDecay: 1e-4, seed: 1 }
/** Refit to all samples, from the parameters fitted to the past: fewer rounds with a lower learning rate. */
const refitOptions: NeuralOptions = { ...layerOptions, rounds: 3, learningRate: 0.004 }

/**
 * Returns linear weights with a hidden layer, or null unless they have a significantly higher NDCG than `alone` on
 * queries that the layer was not fitted to. The layer is then fitted to all queries.
 */
function chooseWithLayer(split: SplitSamples, least: number, alone: LinearWeights): SituationWeights | null {
  const { all, x, past, latest } = split
  if (past.size < neuralQueriesMin) return null
  const linear = chooseLinear(split, least, [])
  const scores = linearScores(all, x, linear)
  const layer = fitNeural(past, x, scores, layerOptions)
  const addLayer = neuralScorer(layer, latest, x)
  const without = gainsOf(latest, scorerOf(latest, linearScores(all, x, alone)))
  const linearScorer = scorerOf(latest, scores)
  const withLayer = gainsOf(latest, (query, out) => {
    linearScorer(query, out)
    addLayer(query, out)
  })
  if (!isGain(without, withLayer, neuralErrorsMin)) return null
  return { ...linear, neural: fitNeural(all, x, scores, refitOptions, layer) }
}

/**
 * Linear score of every candidate, by the weights of its query's situation. Queries over one list share its
 * situation.
 */
function linearScores(samples: RankSamples, x: DesignMatrix, linear: LinearWeights): Float32Array {
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

const defaultsOf = ({ recents, inSession, browsing }: RankSamples, query: number): Float32Array =>
  defaultWeights({
    recents: recents[query]!,
    isInSession: inSession[query] === 1,
    isBrowsing: browsing[query] === 1,
  })
