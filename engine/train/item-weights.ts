/**
 * Sparse item-to-item weights by known item (CSR): row i is `targets` and `weights` from `starts[i]` to `starts[i +
 * 1]`.
 */
export interface ItemWeights {
  starts: Int32Array
  targets: Int32Array
  weights: Float32Array
}

/** Builds ItemWeights from weights in any order. Weights of one known item keep their order. */
export class ItemWeightsBuilder {
  private size = 0
  private known = new Int32Array(1024)
  private targets = new Int32Array(1024)
  private weights = new Float32Array(1024)

  add(known: number, target: number, weight: number): void {
    if (this.size === this.known.length) this.grow()
    this.known[this.size] = known
    this.targets[this.size] = target
    this.weights[this.size++] = weight
  }

  build(items: number): ItemWeights {
    const { size, known } = this
    const starts = new Int32Array(items + 1)
    for (let at = 0; at < size; at++) starts[known[at]! + 1]!++
    for (let item = 0; item < items; item++) starts[item + 1]! += starts[item]!
    const next = starts.slice()
    const packed = { starts, targets: new Int32Array(size), weights: new Float32Array(size) }
    for (let at = 0; at < size; at++) {
      const to = next[known[at]!]!++
      packed.targets[to] = this.targets[at]!
      packed.weights[to] = this.weights[at]!
    }
    return packed
  }

  private grow(): void {
    const room = this.size * 2
    const { known, targets, weights } = this
    this.known = new Int32Array(room)
    this.known.set(known)
    this.targets = new Int32Array(room)
    this.targets.set(targets)
    this.weights = new Float32Array(room)
    this.weights.set(weights)
  }
}
