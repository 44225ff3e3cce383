import type { FactorScan } from '../kernels/factor-scan.ts'
import { ItemSums, LANES } from '../kernels/item-sums.ts'
import { LinearScores } from '../kernels/linear-scores.ts'
import { Strongest } from '../maths/strongest.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { TRENDS } from '../replica/trend-board.ts'
import type { Blend, TrainedModel } from '../train/model.ts'
import { Affinity } from './affinity.ts'
import { defaultBlend, EDITION } from './blend.ts'
import { F, fillFeatures } from './features.ts'
import { type NumberedModel, numberedModel } from './numbered-model.ts'
import type { Query } from './query.ts'
import { collectContent, collectNeighbours, collectPairs, collectTrends, S, SUM } from './sources.ts'

/** Candidates that get all features; what the sources found beyond is cut by its coarse score. */
export const CANDIDATES_MAX = 200
/** Of each trend board, and of the taste vector. */
const TRENDING = 40
const TASTING = 100

/** From a query to scored candidates. All buffers are kept between queries; results are valid until the next one. */
export class Ranker {
  readonly sums = new ItemSums()
  readonly affinity: Affinity
  readonly candidates = new Int32Array(CANDIDATES_MAX + TRENDS * TRENDING)
  private readonly linear = new LinearScores(this.candidates.length, F)
  readonly features = this.linear.features
  readonly scores = this.linear.scores
  /** Per candidate the feature that says most for it. */
  readonly reasons = this.linear.strongest
  private readonly tops = new Float32Array(S)
  private readonly strongest = new Strongest()
  private readonly trending = new Int32Array(TRENDS * TRENDING)
  private readonly side: ItemSide
  private blend: Blend = defaultBlend()
  private model: NumberedModel | null = null
  private readonly known = new WeakMap<object, NumberedModel>()
  private listed = new Uint32Array(0)
  private listing = 0

  constructor(side: ItemSide) {
    this.side = side
    this.affinity = new Affinity(side.categories)
  }

  setModel(model: TrainedModel | null): void {
    this.blend = model?.blend?.features === EDITION ? model.blend : defaultBlend()
    this.model = model === null ? null : this.numbered(model)
  }

  /** Once per set of factors, which variants of a model with other blends share: whoever judges two of them goes back and forth. */
  private numbered(model: TrainedModel): NumberedModel {
    let numbered = this.known.get(model.factors)
    if (numbered === undefined) this.known.set(model.factors, (numbered = numberedModel(model, this.side)))
    return numbered
  }

  /** The linear weights that hold for a query. */
  weightsFor(query: Query): Float32Array {
    return query.inSession > 0 ? this.blend.linear.inSession : this.blend.linear.atStart
  }

  /** Fills `candidates`, `features`, `scores` and `reasons`; returns how many. Only eligible items are candidates. */
  rank(query: Query, isEligible: (item: number) => boolean, weights = this.weightsFor(query)): number {
    const { side, sums, model } = this
    side.figures.setTime(query.now)
    side.figures.copyLifts(sums.begin(side.size), sums.lifts)
    collectPairs(query, side, sums)
    collectContent(query, side, sums)
    if (model?.neighbours) collectNeighbours(query, SUM.neighbours, model.neighbours, model.toRow, sums)
    if (model?.kin) collectNeighbours(query, SUM.kin, model.kin, model.toRow, sums)
    if (model?.scan && query.vector) this.taste(query.vector, model, model.scan)
    const count = this.prune(weights, isEligible)
    fillFeatures(query, side, this.affinity, sums, this.tops, this.candidates, count, this.features)
    this.linear.run(weights, count)
    return count
  }

  private taste(vector: Float32Array, { toItem, toRow }: NumberedModel, scan: FactorScan): void {
    const { sums } = this
    const { places } = scan
    const best = scan.top(vector, TASTING)
    for (let k = 0; k < best; k++) sums.touch(toItem[places[k]!]!)
    const { touched, values, count } = sums
    const rowOf = (slot: number) => (touched[slot]! < toRow.length ? toRow[touched[slot]!]! : -1)
    // To pass over all rows in their order takes no longer than to look up a quarter of them.
    const isPass = count * 4 > scan.rows
    if (!isPass) for (let slot = 0; slot < count; slot++) places[slot] = Math.max(0, rowOf(slot))
    const products = isPass ? scan.run(vector) : scan.runAt(vector, count)
    for (let slot = 0; slot < count; slot++) {
      const row = rowOf(slot)
      if (row >= 0) values[slot * LANES + SUM.taste] = products[isPass ? row : slot]!
    }
  }

  /** The best by the sums alone, and what trends. */
  private prune(weights: Float32Array, isEligible: (item: number) => boolean): number {
    const { sums, tops, candidates, side } = this
    tops.set(sums.tops().subarray(0, S))
    for (let s = 0; s < S; s++) if (!(tops[s]! > TOP_MIN)) tops[s] = TOP_MIN
    sums.weigh(tops.map((top, s) => Math.max(WEIGHT_MIN, weights[s]!) / top))
    const { touched, weighed } = sums
    const { ids } = side
    const isAhead = (a: number, b: number) => ids[touched[a]!]! < ids[touched[b]!]!
    const isMeant = (slot: number) => isEligible(touched[slot]!)
    let count = this.strongest.take(weighed, sums.count, CANDIDATES_MAX, candidates, isAhead, isMeant)
    for (let c = 0; c < count; c++) candidates[c] = touched[candidates[c]!]!
    if (this.listed.length < side.size) this.listed = new Uint32Array(side.size * 2)
    this.listing++
    for (let c = 0; c < count; c++) this.listed[candidates[c]!] = this.listing
    const trending = collectTrends(side, TRENDING, isEligible, this.trending)
    for (let k = 0; k < trending; k++) {
      const item = this.trending[k]!
      if (this.listed[item] === this.listing) continue
      this.listed[item] = this.listing
      candidates[count++] = item
    }
    return count
  }
}

const TOP_MIN = 1e-12
/** A source that the blend gives little, or less than nothing, still finds candidates. */
const WEIGHT_MIN = 0.05
