import { curve } from '../maths/curve.ts'
import { F } from '../rank/features.ts'

/** Judged queries for learning to rank: each with its candidates' features and the one right candidate. */
export interface RankSamples {
  /** Queries. */
  size: number
  /** Where each query's candidates begin, in candidates; size + 1 entries. */
  starts: Int32Array
  /** Place of the right candidate, counted from the query's start. */
  right: Int32Array
  /** 1 where a session was going on. */
  inSession: Uint8Array
  /** F per candidate. */
  features: Float32Array
}

/** Takes samples `from` up to `to` without copying features. */
export function sliceSamples(samples: RankSamples, from: number, to: number): RankSamples {
  return {
    size: to - from,
    starts: samples.starts.subarray(from, to + 1),
    right: samples.right.subarray(from, to),
    inSession: samples.inSession.subarray(from, to),
    features: samples.features,
  }
}

/** Collects samples: the right candidate, the strongest of the others, and an even share of the weak ones, without which weights learn to like them. */
export class SampleCollector {
  private readonly starts = [0]
  private readonly right: number[] = []
  private readonly inSession: number[] = []
  private features = new Float32Array(1 << 16)
  private readonly keptMax: number

  constructor(keptMax: number) {
    this.keptMax = keptMax
  }

  get size(): number {
    return this.right.length
  }

  /** `target`: place of the right candidate; queries that lack it teach nothing and are left out. */
  add(features: Float32Array, scores: Float64Array, count: number, target: number, inSession: boolean): void {
    if (target < 0) return
    const order = Array.from({ length: count }, (_, c) => c).sort((a, b) => scores[b]! - scores[a]!)
    const kept = this.thinned(order)
    if (!kept.includes(target)) kept[kept.length - 1] = target
    const begin = this.starts[this.starts.length - 1]!
    this.room((begin + kept.length) * F)
    kept.forEach((c, k) => {
      this.features.set(features.subarray(c * F, (c + 1) * F), (begin + k) * F)
    })
    this.starts.push(begin + kept.length)
    this.right.push(kept.indexOf(target))
    this.inSession.push(inSession ? 1 : 0)
  }

  private thinned(order: number[]): number[] {
    if (order.length <= this.keptMax) return order
    const strong = Math.floor(this.keptMax * 0.6)
    const weak = this.keptMax - strong
    const rest = order.length - strong
    const kept = order.slice(0, strong)
    for (let k = 0; k < weak; k++) kept.push(order[strong + Math.floor(((k + 0.5) * rest) / weak)]!)
    return kept
  }

  build(): RankSamples {
    return {
      size: this.size,
      starts: Int32Array.from(this.starts),
      right: Int32Array.from(this.right),
      inSession: Uint8Array.from(this.inSession),
      features: this.features,
    }
  }

  private room(floats: number): void {
    if (floats <= this.features.length) return
    const wider = new Float32Array(Math.max(floats, this.features.length * 2))
    wider.set(this.features)
    this.features = wider
  }
}

/** The features as they are, then curved, 2 · F per candidate: what linear weights multiply. */
export function expand(samples: RankSamples): Float32Array {
  const first = samples.starts[0]!
  const count = samples.starts[samples.size]! - first
  const out = new Float32Array(count * 2 * F)
  for (let c = 0; c < count; c++)
    for (let f = 0; f < F; f++) {
      const x = samples.features[(first + c) * F + f]!
      out[c * 2 * F + f] = x
      out[c * 2 * F + F + f] = curve(x)
    }
  return out
}
