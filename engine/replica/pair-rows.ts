import { pairColumns } from '../items/row.ts'
import { enlarged } from '../math/arrays.ts'
import { noBlock, offsetOf, roomFor, type WordPool } from './word-pool.ts'

/** Words of one pair: the earlier item, the position of the pair in that item's list, the weights. */
const pairWords = 2 + pairColumns

/** Words of one row in `heads`. */
const headWords = 3
const head = { address: 0, count: 1, room: 2 } as const

/** The block of one row: `ints` and `floats` are two views of the same words. Valid until the next `resize`. */
export interface RowBlock {
  readonly ints: Int32Array
  readonly floats: Float32Array
  /** Where the earlier items, their places and their weights begin. */
  readonly sources: number
  readonly places: number
  readonly weights: number
}

/**
 * The earlier items of every item, in the order of its row: the items, then the position of each pair in the list of
 * its earlier item, then `pairColumns` weights for each.
 */
export class PairRows {
  private heads = new Int32Array(0)
  private items = 0

  constructor(private readonly pool: WordPool) {}

  addItem(): number {
    const item = this.items++
    const at = item * headWords
    if (at >= this.heads.length) this.heads = enlarged(new Int32Array(Math.max(64, item * 2) * headWords), this.heads)
    this.heads[at + head.address] = noBlock
    return item
  }

  countOf(item: number): number {
    return this.heads[item * headWords + head.count]!
  }

  block(item: number): RowBlock {
    const at = item * headWords
    const address = this.heads[at + head.address]!
    if (address === noBlock) return emptyBlock
    const room = this.heads[at + head.room]!
    const sources = offsetOf(address)
    return {
      ints: this.pool.ints(address),
      floats: this.pool.floats(address),
      sources,
      places: sources + room,
      weights: sources + 2 * room,
    }
  }

  /** Sets the position, in the list of its earlier item, of pair `k` of a row. */
  setPlace(item: number, k: number, place: number): void {
    const at = item * headWords
    const address = this.heads[at + head.address]!
    this.pool.ints(address)[offsetOf(address) + this.heads[at + head.room]! + k] = place
  }

  /** Sets the number of pairs. The first ones are kept. */
  resize(item: number, count: number): void {
    const at = item * headWords
    const { heads, pool } = this
    const before = this.block(item)
    const kept = Math.min(count, heads[at + head.count]!)
    const oldAddress = heads[at + head.address]!
    const oldRoom = heads[at + head.room]!
    heads[at + head.count] = count
    const room = count === 0 ? 0 : pairsIn(roomFor(count * pairWords))
    if (room === oldRoom) return
    heads[at + head.room] = room
    heads[at + head.address] = room === 0 ? noBlock : pool.allocate(roomFor(count * pairWords))
    if (kept > 0) {
      const { ints, sources, places, weights } = this.block(item)
      // Copied as integers: copying a NaN as a float may change its bits.
      ints.set(before.ints.subarray(before.sources, before.sources + kept), sources)
      ints.set(before.ints.subarray(before.places, before.places + kept), places)
      ints.set(before.ints.subarray(before.weights, before.weights + kept * pairColumns), weights)
    }
    if (oldRoom > 0) pool.release(oldAddress, roomFor(oldRoom * pairWords))
  }
}

const pairsIn = (words: number): number => Math.floor(words / pairWords)

const emptyBlock: RowBlock = { ints: new Int32Array(0), floats: new Float32Array(0), sources: 0, places: 0, weights: 0 }
