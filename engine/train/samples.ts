import { logCurve } from '../math/curve.ts'
import { featureCount } from '../rank/features.ts'

/** Judged queries for learning to rank. Each is a list of candidates and the one right among them; queries may share a list. */
export interface RankSamples {
  /** Queries. */
  size: number
  /** Where a query's candidates begin and end, and where the right one stands, in candidates. */
  from: Int32Array
  to: Int32Array
  relevant: Int32Array
  /** When each was asked. */
  askedAt: Float64Array
  /** 1 where a session was going on. */
  inSession: Uint8Array
  /** Items known of the user. */
  recents: Uint16Array
  /** F per candidate. */
  features: Float32Array
}

/** Candidates in no order, featureCount features each. */
export interface LabeledList {
  features: Float32Array
  scores: Float64Array
  count: number
  inSession: boolean
  recents: number
  askedAt: number
}

/** Takes the queries that `keep` is true for, without copying features. */
export function chooseSamples(samples: RankSamples, keep: (query: number) => boolean): RankSamples {
  const chosen = Int32Array.from(Array.from({ length: samples.size }, (_, q) => q).filter(keep))
  return {
    size: chosen.length,
    from: chosen.map((q) => samples.from[q]!),
    to: chosen.map((q) => samples.to[q]!),
    relevant: chosen.map((q) => samples.relevant[q]!),
    askedAt: Float64Array.from(chosen, (q) => samples.askedAt[q]!),
    inSession: Uint8Array.from(chosen, (q) => samples.inSession[q]!),
    recents: Uint16Array.from(chosen, (q) => samples.recents[q]!),
    features: samples.features,
  }
}

/** Collects samples: the right candidates, the strongest of the others, and an even share of the weak ones, without which weights learn to like them. */
export class SampleCollector {
  private readonly from: number[] = []
  private readonly to: number[] = []
  private readonly relevant: number[] = []
  private readonly askedAt: number[] = []
  private readonly inSession: number[] = []
  private readonly recents: number[] = []
  private features = new Float32Array(1 << 16)
  private used = 0
  private readonly keptMax: number

  /** @param keptMax candidates kept per list. */
  constructor(keptMax: number) {
    this.keptMax = keptMax
  }

  get size(): number {
    return this.relevant.length
  }

  /** `rights`: places of right candidates, each a query of its own over the same list. A list without any teaches nothing and is left out. */
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
      this.inSession.push(list.inSession ? 1 : 0)
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

/** The features as they are, then curved, 2 · featureCount values per candidate: what linear weights multiply. */
export function expand({ features }: RankSamples): Float32Array {
  const out = new Float32Array(features.length * 2)
  for (let at = 0; at < features.length; at += featureCount)
    for (let f = 0; f < featureCount; f++) {
      const x = features[at + f]!
      out[2 * at + f] = x
      out[2 * at + featureCount + f] = logCurve(x)
    }
  return out
}
