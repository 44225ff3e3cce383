import type { Trees } from '../rank/blend.ts'
import { F } from '../rank/features.ts'
import type { RankSamples } from './samples.ts'

export interface TreeOptions {
  trees: number
  leaves: number
  pace: number
  /** Hessian a leaf needs at least, and L2 of leaf values. */
  leafMin: number
  regularisation: number
  /** Share of queries and of features each tree sees. */
  sample: number
  random: () => number
}

const BINS = 64

/**
 * Gradient boosted regression trees with listwise softmax gradients: the same boosting as LambdaMART (Burges 2010) with the cross-entropy of ListNet in
 * the place of pairwise lambdas (XE-NDCG: Bruch, WWW 2021), histogram splits and leaf-wise growth (LightGBM: Ke et al., NeurIPS 2017).
 * Yields the number of trees so far together with them, so that a caller may stop where its validation is best.
 *
 * @param start the score of every candidate that boosting starts from (the linear blend).
 */
export function* boost(samples: RankSamples, options: TreeOptions): Generator<TreeGrower, void> {
  const grower = new TreeGrower(samples, options)
  for (let t = 0; t < options.trees; t++) {
    grower.grow()
    yield grower
  }
}

export class TreeGrower {
  private readonly samples: RankSamples
  private readonly options: TreeOptions
  private readonly first: number
  private readonly count: number
  private readonly edges: Float32Array[]
  /** Bin of every candidate, feature by feature. */
  private readonly bins: Uint8Array
  private readonly scores: Float64Array
  private readonly g: Float64Array
  private readonly h: Float64Array
  private readonly feature: number[] = []
  private readonly threshold: number[] = []
  private readonly left: number[] = []
  private readonly roots: number[] = []

  constructor(samples: RankSamples, options: TreeOptions) {
    this.samples = samples
    this.options = options
    this.first = samples.starts[0]!
    this.count = samples.starts[samples.size]! - this.first
    this.edges = Array.from({ length: F }, (_, f) => edgesOf(samples, this.first, this.count, f))
    this.bins = new Uint8Array(this.count * F)
    for (let f = 0; f < F; f++)
      for (let c = 0; c < this.count; c++)
        this.bins[f * this.count + c] = binOf(this.edges[f]!, samples.features[(this.first + c) * F + f]!)
    this.scores = new Float64Array(this.count)
    this.g = new Float64Array(this.count)
    this.h = new Float64Array(this.count)
  }

  /** The trees grown so far, or the first `trees` of them. */
  trees(trees = this.roots.length): Trees {
    return {
      roots: Int32Array.from(this.roots.slice(0, trees)),
      feature: Int16Array.from(this.feature),
      threshold: Float32Array.from(this.threshold),
      left: Int32Array.from(this.left),
      scale: 1,
    }
  }

  grow(): void {
    const members = this.gradients()
    const features = Array.from({ length: F }, (_, f) => f).filter(() => this.options.random() < this.options.sample)
    const root = this.node()
    this.roots.push(root)
    interface Leaf {
      node: number
      members: Int32Array
      split: Split | null
    }
    const leaves: Leaf[] = [{ node: root, members, split: this.bestSplit(members, features) }]
    while (leaves.length < this.options.leaves) {
      let at = -1
      for (let k = 0; k < leaves.length; k++)
        if (leaves[k]!.split && (at < 0 || leaves[k]!.split!.gain > leaves[at]!.split!.gain)) at = k
      if (at < 0) break
      const { node, members: all, split } = leaves[at]!
      const bins = this.bins.subarray(split!.feature * this.count, (split!.feature + 1) * this.count)
      const low = all.filter((c) => bins[c]! <= split!.bin)
      const high = all.filter((c) => bins[c]! > split!.bin)
      this.feature[node] = split!.feature
      this.threshold[node] = this.edges[split!.feature]![split!.bin]!
      const left = this.node()
      const right = this.node()
      this.left[node] = left
      leaves[at] = { node: left, members: low, split: this.bestSplit(low, features) }
      leaves.push({ node: right, members: high, split: this.bestSplit(high, features) })
    }
    for (const leaf of leaves) {
      let g = 0
      let h = 0
      for (const c of leaf.members) {
        g += this.g[c]!
        h += this.h[c]!
      }
      this.threshold[leaf.node] = (this.options.pace * g) / (h + this.options.regularisation)
    }
    this.apply(root)
  }

  private node(): number {
    this.threshold.push(0)
    this.left.push(0)
    return this.feature.push(-1) - 1
  }

  /** Softmax gradients of a drawn share of the queries; returns their candidates. */
  private gradients(): Int32Array {
    const { samples, first } = this
    const members = new Int32Array(this.count)
    let used = 0
    for (let q = 0; q < samples.size; q++) {
      if (this.options.random() >= this.options.sample) continue
      const from = samples.starts[q]! - first
      const to = samples.starts[q + 1]! - first
      let most = -Infinity
      for (let c = from; c < to; c++) if (this.scores[c]! > most) most = this.scores[c]!
      let sum = 0
      for (let c = from; c < to; c++) sum += Math.exp(this.scores[c]! - most)
      for (let c = from; c < to; c++) {
        const p = Math.exp(this.scores[c]! - most) / sum
        this.g[c] = (c - from === samples.right[q] ? 1 : 0) - p
        this.h[c] = Math.max(1e-6, p * (1 - p))
        members[used++] = c
      }
    }
    return members.subarray(0, used)
  }

  private bestSplit(members: Int32Array, features: readonly number[]): Split | null {
    const { g, h, options } = this
    let best: Split | null = null
    const sumG = new Float64Array(BINS)
    const sumH = new Float64Array(BINS)
    let G = 0
    let H = 0
    for (const c of members) {
      G += g[c]!
      H += h[c]!
    }
    if (H < 2 * options.leafMin) return null
    const whole = (G * G) / (H + options.regularisation)
    for (const f of features) {
      sumG.fill(0)
      sumH.fill(0)
      const base = f * this.count
      for (let k = 0; k < members.length; k++) {
        const c = members[k]!
        const bin = this.bins[base + c]!
        sumG[bin]! += g[c]!
        sumH[bin]! += h[c]!
      }
      let leftG = 0
      let leftH = 0
      for (let bin = 0; bin < this.edges[f]!.length; bin++) {
        leftG += sumG[bin]!
        leftH += sumH[bin]!
        if (leftH < options.leafMin || H - leftH < options.leafMin) continue
        const rightG = G - leftG
        const gain =
          (leftG * leftG) / (leftH + options.regularisation) +
          (rightG * rightG) / (H - leftH + options.regularisation) -
          whole
        if (gain > (best?.gain ?? 1e-9)) best = { feature: f, bin, gain }
      }
    }
    return best
  }

  private apply(root: number): void {
    const { features } = this.samples
    for (let c = 0; c < this.count; c++) {
      let node = root
      const at = (this.first + c) * F
      while (this.feature[node]! >= 0)
        node = this.left[node]! + (features[at + this.feature[node]!]! > this.threshold[node]! ? 1 : 0)
      this.scores[c]! += this.threshold[node]!
    }
  }
}

interface Split {
  feature: number
  bin: number
  gain: number
}

/** Upper edges of at most BINS equally filled bins, from a sample of the candidates. */
function edgesOf(samples: RankSamples, first: number, count: number, feature: number): Float32Array {
  const step = Math.max(1, Math.floor(count / 20_000))
  const values: number[] = []
  for (let c = 0; c < count; c += step) values.push(samples.features[(first + c) * F + feature]!)
  const sorted = Float32Array.from(values).sort()
  const edges: number[] = []
  for (let b = 1; b < BINS; b++) {
    const edge = sorted[Math.floor((b * sorted.length) / BINS)]!
    if (edges.length === 0 || edge > edges[edges.length - 1]!) edges.push(edge)
  }
  return Float32Array.from(edges)
}

/** Number of edges below x: x lies in bin b when edge[b - 1] < x <= edge[b]. */
function binOf(edges: Float32Array, x: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}
