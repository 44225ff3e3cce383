import type { FactorScan } from '../kernels/factor-scan.ts'
import { HiddenLayer } from '../kernels/hidden-layer.ts'
import { ItemSums, laneCount } from '../kernels/item-sums.ts'
import { LinearScores } from '../kernels/linear-scores.ts'
import { ThresholdTopK } from '../math/threshold-top-k.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { trendCount } from '../replica/trend-board.ts'
import type { Blend, FoldInModel, SituationWeights, TrainedModel } from '../train/model.ts'
import { defaultBlend, defaultWeights, featureSet } from './blend.ts'
import { CategoryAffinity } from './category-affinity.ts'
import { featureCount, fillFeatures } from './features.ts'
import { foldInModel, type IndexedModel, indexModel } from './indexed-model.ts'
import { contextSums } from './neural-blend.ts'
import { contextOf, type Query } from './query.ts'
import {
  collectContent,
  collectHabits,
  collectItemWeights,
  collectPairs,
  collectRepeats,
  collectTrends,
  placeOfSum,
  sumCount,
  sumIndex,
} from './sources.ts'

/** Maximum candidates that get all features. The others are cut by their coarse score. */
export const candidatesMax = 200
/** Candidates taken from each trend board, and by the user vector. */
const trendCandidates = 40
const vectorCandidates = 100
/** Maximum given items that are scored together with the candidates. */
export const givenMax = 1000

export interface RankOptions {
  /**
   * Item numbers that are scored together with the candidates, even if no source finds them; each once, at most
   * `givenMax`. Default: none.
   */
  given?: readonly number[]
  /** For evaluation: linear weights in place of the learned blend. */
  adjustWeights?: (weights: Float32Array) => Float32Array
  /** For evaluation: features that are set to 0. */
  without?: readonly number[]
}

/** Retrieves and scores the candidates of a query. Buffers are reused: results are valid until the next query. */
export class Ranker {
  readonly sums = new ItemSums()
  readonly affinity: CategoryAffinity
  readonly candidates = new Int32Array(candidatesMax + trendCount * trendCandidates + givenMax)
  private readonly linear = new LinearScores(this.candidates.length, featureCount)
  private readonly layer = new HiddenLayer(this.candidates.length, featureCount)
  readonly features = this.linear.features
  readonly scores = this.linear.scores
  /** Per candidate, the feature with the largest contribution. */
  readonly reasons = this.linear.strongest
  private readonly tops = new Float32Array(sumCount)
  private readonly topK = new ThresholdTopK()
  private readonly trending = new Int32Array(trendCount * trendCandidates)
  private blend: Blend = defaultBlend
  private model: IndexedModel | null = null
  private foldIn: FoldInModel | null = null
  private readonly indexedByFactors = new WeakMap<object, IndexedModel>()
  private candidateIn = new Uint32Array(0)
  private generation = 0

  constructor(private readonly side: ItemSide) {
    this.affinity = new CategoryAffinity(side.categories)
  }

  setModel(model: TrainedModel | null): void {
    this.blend = model?.blend?.features === featureSet ? model.blend : defaultBlend
    this.model = model === null ? null : this.indexed(model)
    this.foldIn = model === null ? null : foldInModel(model, this.model!, this.side)
  }

  /** The part of the model in use that user vectors are computed from; null without a model. */
  get foldInModel(): FoldInModel | null {
    return this.foldIn
  }

  /**
   * Indexed once per factor matrix: models that differ only in their blend share it, and evaluation alternates between
   * two of them.
   */
  private indexed(model: TrainedModel): IndexedModel {
    let numbered = this.indexedByFactors.get(model.factors)
    if (numbered === undefined) this.indexedByFactors.set(model.factors, (numbered = indexModel(model, this.side)))
    return numbered
  }

  /** Returns the linear weights for a query: within a session, or at its start. */
  private weightsFor(query: Query): SituationWeights {
    return (query.mayRepeat ? this.blend.repeat : null) ?? this.blend.linear
  }

  /**
   * Fills `candidates`, `features`, `scores` and `reasons`; returns how many. Only eligible items are candidates, but
   * all given ones are.
   */
  rank(query: Query, isEligible: (item: number) => boolean, options: RankOptions = {}): number {
    const weights = this.linearFor(query, options)
    const { side, sums, model } = this
    side.stats.setTime(query.now)
    side.stats.copyMultipliers(sums.begin(side.size), sums.multipliers)
    for (const item of options.given ?? []) sums.touch(item)
    collectPairs(query, side, sums)
    collectContent(query, side, sums)
    collectRepeats(query, sums)
    collectHabits(query, sums)
    if (model?.itemRegression)
      collectItemWeights(query, sumIndex.itemRegression, model.itemRegression, model.toRow, sums)
    if (model?.itemKnn) collectItemWeights(query, sumIndex.itemKnn, model.itemKnn, model.toRow, sums)
    if (model?.scan && query.vector) this.collectByVector(query.vector, model, model.scan)
    const count = this.addGiven(options.given ?? [], this.prune(weights, isEligible))
    fillFeatures(query, side, this.affinity, sums, this.tops, this.candidates, count, this.features)
    for (const feature of options.without ?? []) {
      for (let c = 0; c < count; c++) this.features[c * featureCount + feature] = 0
    }
    this.score(query, count, options)
    return count
  }

  /** Fills `scores` and `reasons` of the candidates of the last `rank`, by the weights for this query. */
  score(query: Query, count: number, options: RankOptions = {}): void {
    this.linear.run(this.linearFor(query, options), count)
    const { neural } = this.weightsFor(query)
    if (neural === null || options.adjustWeights !== undefined) return
    this.layer.run(neural, contextSums(neural, contextOf(query)), this.features, count, this.scores)
  }

  private linearFor(query: Query, { adjustWeights }: RankOptions): Float32Array {
    const { atStart, inSession } = this.weightsFor(query)
    const weights = (query.inSession > 0 ? inSession : atStart) ?? defaultWeights(contextOf(query))
    return adjustWeights?.(weights) ?? weights
  }

  private collectByVector(vector: Float32Array, { toItem, toRow }: IndexedModel, scan: FactorScan): void {
    const { sums } = this
    const { places } = scan
    const best = scan.top(vector, vectorCandidates)
    for (let k = 0; k < best; k++) sums.touch(toItem[places[k]!]!)
    const { touched, values, count } = sums
    const rowOf = (slot: number) => (touched[slot]! < toRow.length ? toRow[touched[slot]!]! : -1)
    // A sequential pass over all rows costs as much as random access to a quarter of them.
    const isPass = count * 4 > scan.rows
    if (!isPass) for (let slot = 0; slot < count; slot++) places[slot] = Math.max(0, rowOf(slot))
    const products = isPass ? scan.run(vector) : scan.runAt(vector, count)
    for (let slot = 0; slot < count; slot++) {
      const row = rowOf(slot)
      if (row >= 0) values[slot * laneCount + sumIndex.taste] = products[isPass ? row : slot]!
    }
  }

  /** Keeps the best candidates by their coarse score, and adds the trending ones. */
  private prune(weights: Float32Array, isEligible: (item: number) => boolean): number {
    const { sums, tops, candidates, side } = this
    tops.set(sums.tops().subarray(0, sumCount))
    for (let s = 0; s < sumCount; s++) if (!(tops[s]! > topSumMin)) tops[s] = topSumMin
    sums.weigh(tops.map((top, s) => Math.max(coarseWeightMins[s]!, weights[s]!) / top))
    const { touched, weighed } = sums
    const { ids } = side
    const ranksBefore = (a: number, b: number) => ids[touched[a]!]! < ids[touched[b]!]!
    const accepts = (slot: number) => isEligible(touched[slot]!)
    let count = this.topK.select(weighed, sums.count, candidatesMax, candidates, ranksBefore, accepts)
    for (let c = 0; c < count; c++) candidates[c] = touched[candidates[c]!]!
    if (this.candidateIn.length < side.size) this.candidateIn = new Uint32Array(side.size * 2)
    this.generation++
    for (let c = 0; c < count; c++) this.candidateIn[candidates[c]!] = this.generation
    const trending = collectTrends(side, trendCandidates, isEligible, this.trending)
    for (let k = 0; k < trending; k++) {
      const item = this.trending[k]!
      if (this.candidateIn[item] === this.generation) continue
      this.candidateIn[item] = this.generation
      candidates[count++] = item
    }
    return count
  }

  /** Returns how many candidates there are with the given items. */
  private addGiven(given: readonly number[], count: number): number {
    let total = count
    for (const item of given) if (this.candidateIn[item] !== this.generation) this.candidates[total++] = item
    return total
  }
}

const topSumMin = 1e-12
/**
 * Minimum coarse weight per sum, so that a source with a small learned weight still contributes candidates. 0 for the
 * sums of one item: the sums of several items contain their candidates.
 */
const coarseWeightMins = Array.from({ length: sumCount }, (_, sum) => (placeOfSum(sum) < 0 ? 0.05 : 0))
