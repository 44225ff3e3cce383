import { DesignMatrix } from '../kernels/design-matrix.ts'
import { logCurve } from '../math/curve.ts'
import { featureCount } from '../rank/features.ts'

/**
 * Labeled queries for learning to rank. Each has a list of candidates, one of them relevant. Queries may share a list.
 */
export interface RankSamples {
  /** Number of queries. */
  size: number
  /** Per query: first candidate, end of the candidates, and the relevant candidate, as candidate indexes. */
  from: Int32Array
  to: Int32Array
  relevant: Int32Array
  /** Per query: time, ms since 1970. */
  askedAt: Float64Array
  /** Per query: 1 within a session, 0 at its start. */
  inSession: Uint8Array
  /** Per query: 1 if the newest event is a VIEW, CLICK or CART: Query.isBrowsing. */
  browsing: Uint8Array
  /** Per query: number of recent items of the user. */
  recents: Uint16Array
  /** featureCount per candidate. */
  features: Float32Array
}

/** Candidates in no order, featureCount features each. */
export interface LabeledList {
  features: Float32Array
  scores: Float64Array
  count: number
  isInSession: boolean
  isBrowsing: boolean
  recents: number
  askedAt: number
}

/** Returns the queries for which `keep` is true. Features are shared, not copied. */
export function chooseSamples(samples: RankSamples, keep: (query: number) => boolean): RankSamples {
  const chosen = Int32Array.from(Array.from({ length: samples.size }, (_, q) => q).filter(keep))
  return {
    size: chosen.length,
    from: chosen.map((q) => samples.from[q]!),
    to: chosen.map((q) => samples.to[q]!),
    relevant: chosen.map((q) => samples.relevant[q]!),
    askedAt: Float64Array.from(chosen, (q) => samples.askedAt[q]!),
    inSession: Uint8Array.from(chosen, (q) => samples.inSession[q]!),
    browsing: Uint8Array.from(chosen, (q) => samples.browsing[q]!),
    recents: Uint16Array.from(chosen, (q) => samples.recents[q]!),
    features: samples.features,
  }
}

/**
 * Collects samples. Per list: the relevant candidates, the highest-scored others, and an even sample of the low-scored
 * ones as easy negatives.
 */
export class SampleCollector {
  private readonly from: number[] = []
  private readonly to: number[] = []
  private readonly relevant: number[] = []
  private readonly askedAt: number[] = []
  private readonly inSession: number[] = []
  private readonly browsing: number[] = []
  private readonly recents: number[] = []
  private features = new Float32Array(1 << 16)
  private used = 0

  /** @param keptMax candidates kept per list. */
  constructor(private readonly keptMax: number) {}

  get size(): number {
    return this.relevant.length
  }

  /**
   * @param rights indexes of the relevant candidates; each becomes a query over the same list. A list without any is
   *   ignored.
   */
  add(list: LabeledList, rights: readonly number[]): void {
    if (rights.length === 0) return
    const { features, scores, count } = list
    const kept = this.downsample(scores, count, new Set(rights))
    const begin = this.used
    this.used += kept.length
    this.reserve(this.used * featureCount)
    kept.forEach((c, k) => {
      this.features.set(features.subarray(c * featureCount, (c + 1) * featureCount), (begin + k) * featureCount)
    })
    for (const right of rights) {
      this.from.push(begin)
      this.to.push(this.used)
      this.relevant.push(begin + kept.indexOf(right))
      this.askedAt.push(list.askedAt)
      this.inSession.push(list.isInSession ? 1 : 0)
      this.browsing.push(list.isBrowsing ? 1 : 0)
      this.recents.push(list.recents)
    }
  }

  private downsample(scores: Float64Array, count: number, rights: ReadonlySet<number>): number[] {
    const others = Array.from({ length: count }, (_, c) => c).filter((c) => !rights.has(c))
    const room = Math.max(1, this.keptMax - rights.size)
    if (others.length <= room) return [...rights, ...others]
    others.sort((a, b) => scores[b]! - scores[a]!)
    const strong = Math.floor(room * 0.6)
    const rest = others.length - strong
    const weak = Array.from(
      { length: room - strong },
      (_, k) => others[strong + Math.floor(((k + 0.5) * rest) / (room - strong))]!,
    )
    return [...rights, ...others.slice(0, strong), ...weak]
  }

  build(): RankSamples {
    return {
      size: this.size,
      from: Int32Array.from(this.from),
      to: Int32Array.from(this.to),
      relevant: Int32Array.from(this.relevant),
      askedAt: Float64Array.from(this.askedAt),
      inSession: Uint8Array.from(this.inSession),
      browsing: Uint8Array.from(this.browsing),
      recents: Uint16Array.from(this.recents),
      features: this.features.subarray(0, this.used * featureCount),
    }
  }

  private reserve(floats: number): void {
    if (floats <= this.features.length) return
    const wider = new Float32Array(Math.max(floats, this.features.length * 2))
    wider.set(this.features)
    this.features = wider
  }
}

/**
 * Returns the input of the linear model: per candidate the features, then the features through `logCurve` (2 ·
 * featureCount values).
 */
export function expand({ features, from, to }: RankSamples): DesignMatrix {
  const rows = features.length / featureCount
  const longest = from.reduce((most, begin, q) => Math.max(most, to[q]! - begin), 0)
  const matrix = new DesignMatrix(rows, 2 * featureCount, longest)
  const { values, stride } = matrix
  for (let row = 0; row < rows; row++)
    for (let f = 0; f < featureCount; f++) {
      const x = features[row * featureCount + f]!
      values[row * stride + f] = x
      values[row * stride + featureCount + f] = logCurve(x)
    }
  return matrix
}
