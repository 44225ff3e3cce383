import { pairColumns } from '../items/row.ts'

/** Words of one pair: the earlier item, the position of the pair in that item's list, the weights. */
const wordsPerPair = 2 + pairColumns

/**
 * The earlier items of one item, in the order of its row: `count` items, then the position of each pair in the list of its
 * earlier item, then `pairColumns` weights for each. `ints` and `floats` are two views of the same words: three small arrays
 * with a buffer each would take 600 bytes more.
 */
export class PairRow {
  readonly ints: Int32Array
  readonly floats: Float32Array

  constructor(readonly count: number) {
    this.ints = new Int32Array(count * wordsPerPair)
    this.floats = new Float32Array(this.ints.buffer)
  }

  /** Where the positions begin. */
  get places(): number {
    return this.count
  }

  /** Where the weights begin. */
  get weights(): number {
    return 2 * this.count
  }

  /** A row of `count` pairs, with as many of the pairs of this one as it has room for; this one where the count is the same. */
  resized(count: number): PairRow {
    if (count === this.count) return this
    if (count === 0) return noPairs
    const row = new PairRow(count)
    const kept = Math.min(count, this.count)
    row.ints.set(this.ints.subarray(0, kept))
    row.ints.set(this.ints.subarray(this.places, this.places + kept), row.places)
    row.ints.set(this.ints.subarray(this.weights, this.weights + kept * pairColumns), row.weights)
    return row
  }

  /** Whether the weights of the pair at `k` equal those at `k` in `weights`. */
  hasWeights(k: number, weights: Float32Array): boolean {
    const { floats, weights: from } = this
    const at = k * pairColumns
    for (let c = at; c < at + pairColumns; c++) if (weights[c] !== floats[from + c]) return false
    return true
  }
}

/** The row of an item that has none. */
export const noPairs = new PairRow(0)
