import { pairColumn, pairColumns } from '../items/row.ts'
import type { PairWords } from '../kernels/item-sums.ts'
import { enlarged } from '../math/arrays.ts'
import type { PairRows } from './pair-rows.ts'
import { noBlock, offsetOf, roomFor, type WordPool } from './word-pool.ts'

/** Words of one pair in a list: the later item, the pair's place in the row of the later item, the weights. */
export const pairWords = 2 + pairColumns
const backWord = 1
const weightsWord = 2

const noPairs: PairWords = { ints: new Int32Array(0), from: 0, count: 0 }

/** Words of one list in `heads`. */
const headWords = 3
const head = {
  address: 0,
  /** Pairs that fit into the block. */
  room: 1,
  count: 2,
} as const

/**
 * The pairs of every list, each list in one block of the pool. When a pair moves, the row of its later item is updated:
 * it always has the place of the pair.
 */
export class PairBlocks {
  private heads = new Int32Array(0)

  constructor(
    private readonly pool: WordPool,
    private readonly rows: PairRows,
  ) {}

  /** @param list the number after the last one */
  addList(list: number): void {
    const at = list * headWords
    if (at >= this.heads.length) this.heads = enlarged(new Int32Array(Math.max(64, list * 2) * headWords), this.heads)
    this.heads[at + head.address] = noBlock
  }

  countOf(list: number): number {
    return this.heads[list * headWords + head.count]!
  }

  /** The first pairs of a list. Valid until the next change. */
  firstPairs(list: number, count: number): PairWords {
    const address = this.addressOf(list)
    if (address === noBlock) return noPairs
    return { ints: this.pool.ints(address), from: offsetOf(address), count }
  }

  itemAt(list: number, place: number): number {
    const address = this.addressOf(list)
    return this.pool.ints(address)[offsetOf(address) + place * pairWords]!
  }

  /** `pairColumns` weights. */
  weightsAt(list: number, place: number): Float32Array {
    const address = this.addressOf(list)
    const at = offsetOf(address) + place * pairWords + weightsWord
    return this.pool.floats(address).subarray(at, at + pairColumns)
  }

  setWeights(list: number, place: number, weights: Float32Array, from: number): void {
    const address = this.addressOf(list)
    const floats = this.pool.floats(address)
    const at = offsetOf(address) + place * pairWords + weightsWord
    for (let c = 0; c < pairColumns; c++) floats[at + c] = weights[from + c]!
  }

  /** Strength of a pair relative to the era of the row of its later item. */
  strengthAt(list: number, place: number): number {
    const address = this.addressOf(list)
    const floats = this.pool.floats(address)
    const at = offsetOf(address) + place * pairWords + weightsWord
    return 2 * floats[at + pairColumn.near]! + floats[at + pairColumn.session]! + 0.5 * floats[at + pairColumn.ever]!
  }

  /** Appends a pair without weights. Returns its place. */
  insert(list: number, item: number, back: number): number {
    const at = list * headWords
    const place = this.heads[at + head.count]!++
    if (place >= this.heads[at + head.room]!) this.resize(list, place + 1)
    const address = this.addressOf(list)
    const ints = this.pool.ints(address)
    const to = offsetOf(address) + place * pairWords
    ints[to] = item
    ints[to + backWord] = back
    return place
  }

  swap(list: number, a: number, b: number): void {
    if (a === b) return
    const address = this.addressOf(list)
    const ints = this.pool.ints(address)
    const first = offsetOf(address) + a * pairWords
    const second = offsetOf(address) + b * pairWords
    // Copied as integers: copying a NaN as a float may change its bits.
    for (let word = 0; word < pairWords; word++) {
      const kept = ints[first + word]!
      ints[first + word] = ints[second + word]!
      ints[second + word] = kept
    }
    this.rows.setPlace(ints[first]!, ints[first + backWord]!, a)
    this.rows.setPlace(ints[second]!, ints[second + backWord]!, b)
  }

  /** Overwrites the pair at `gap` with the one at `from`. */
  move(list: number, gap: number, from: number): void {
    if (gap === from) return
    const address = this.addressOf(list)
    const ints = this.pool.ints(address)
    const to = offsetOf(address) + gap * pairWords
    const source = offsetOf(address) + from * pairWords
    ints.copyWithin(to, source, source + pairWords)
    this.rows.setPlace(ints[to]!, ints[to + backWord]!, gap)
  }

  /** Removes the last pair. */
  dropLast(list: number): void {
    const at = list * headWords
    const count = --this.heads[at + head.count]!
    if (count * 2 < this.heads[at + head.room]!) this.resize(list, count)
  }

  private addressOf(list: number): number {
    return this.heads[list * headWords + head.address]!
  }

  /** Gives a list a block for `pairs` pairs. */
  private resize(list: number, pairs: number): void {
    const at = list * headWords
    const { heads, pool } = this
    const words = pairs === 0 ? 0 : roomFor(pairs * pairWords)
    const room = Math.floor(words / pairWords)
    const oldRoom = heads[at + head.room]!
    if (room === oldRoom) return
    const old = heads[at + head.address]!
    const address = words === 0 ? noBlock : pool.allocate(words)
    const kept = Math.min(room, oldRoom) * pairWords
    if (kept > 0)
      pool.ints(address).set(pool.ints(old).subarray(offsetOf(old), offsetOf(old) + kept), offsetOf(address))
    if (oldRoom > 0) pool.release(old, roomFor(oldRoom * pairWords))
    heads[at + head.address] = address
    heads[at + head.room] = room
  }
}
