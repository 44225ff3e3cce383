import { eraOf, pairColumns, slowHalfLifeMs } from '../items/row.ts'
import type { PairWords } from '../kernels/item-sums.ts'
import { enlarged } from '../math/arrays.ts'
import { kthGreatest, kthInOrder } from '../math/select.ts'
import { PairBlocks, pairWords } from './pair-blocks.ts'
import { PairRows } from './pair-rows.ts'
import { WordPool } from './word-pool.ts'

export { pairWords }

/** Maximum pairs per earlier item that a query reads, the strongest ones. */
export const strongPairsMax = 192
/**
 * Size of the front part of a list after a refill, and its maximum. The front is unordered, and every pair in it is
 * stronger than all pairs behind it, so that the strongest pairs are rarely selected from the whole list.
 */
const frontPairs = 256
const frontPairsMax = 320

/**
 * A sparse matrix of item pairs. It is written by columns (an item's row has the items *before* it) and read by rows
 * (the items *after* an item). Each pair is stored once, with its weights, in the list of the earlier item. The later
 * item stores the position of each of its pairs, so that merging a new row takes time linear in the length of the row.
 *
 * Invariant: what `read` returns depends on the current rows only, not on the order of writes. It is the set of the
 * `strongPairsMax` pairs with the greatest decayed strength, ties by item id, and (strength, id) is a strict total
 * order. All counters in a strength have the slow half-life, so this order does not change with time.
 *
 * Memory: 16 + 8 · pairColumns bytes per pair and on average 6 % for unused room, and 61 bytes per item; no pair and no
 * item is an object.
 */
export class PairLists {
  private readonly pool = new WordPool()
  /** Per later item. */
  private readonly rows = new PairRows(this.pool)
  private readonly blocks = new PairBlocks(this.pool, this.rows)
  /** Per later item: the factor that makes strengths of its row comparable with those of other rows. */
  private scales = new Float64Array(0)
  // Per list of more than `strongPairsMax` pairs:
  /** Length of the front: these pairs are stronger than the rest, and the rest is not stronger than the bound. */
  private fronts = new Int32Array(0)
  private boundKeys = new Float64Array(0)
  private boundItems = new Int32Array(0)
  /** 1 where the `strongPairsMax` strongest pairs come first. The cut is the weakest of them. */
  private isOrdered = new Uint8Array(0)
  private cutKeys = new Float64Array(0)
  private cutItems = new Int32Array(0)

  /** @param ids by item number, for ties. */
  constructor(private readonly ids: readonly string[]) {}

  /** Adds an item. Returns its number. */
  addItem(): number {
    const item = this.rows.addItem()
    this.blocks.addList(item)
    if (item >= this.scales.length) this.grow(Math.max(64, item * 2))
    this.scales[item] = 1
    return item
  }

  /** Bytes of all pairs, used or not. */
  get bytes(): number {
    return this.pool.bytes
  }

  /** Returns the strongest pairs of an item's list. Valid until the next put. */
  read(item: number): PairWords {
    const count = this.blocks.countOf(item)
    if (count > strongPairsMax) this.order(item)
    return this.blocks.firstPairs(item, Math.min(count, strongPairsMax))
  }

  /** The items before an item, in the order of its row. Valid until the next put. */
  earlier(item: number): Int32Array {
    const { ints, sources } = this.rows.block(item)
    return ints.subarray(sources, sources + this.rows.countOf(item))
  }

  /** `pairColumns` weights for each of these, for queries against the direction of time. Valid until the next put. */
  earlierWeights(item: number): Float32Array {
    const { floats, weights } = this.rows.block(item)
    return floats.subarray(weights, weights + this.rows.countOf(item) * pairColumns)
  }

  /** All pairs of an item's list, for tests: later items and their weights. */
  pairsOf(item: number): Map<number, Float32Array> {
    const { blocks } = this
    const places = Array.from({ length: blocks.countOf(item) }, (_, place) => place)
    return new Map(places.map((place) => [blocks.itemAt(item, place), blocks.weightsAt(item, place).slice()]))
  }

  /**
   * Replaces all pairs whose later item is `item`. `weights`: `pairColumns` per predecessor, relative to the era of
   * `at`. Unchanged pairs are skipped: each is in another list, so writing it would cost a cache miss.
   */
  putRow(item: number, predecessors: Int32Array, weights: Float32Array, at: number): void {
    const count = predecessors.length
    const before = this.rows.countOf(item)
    const scale = 2 ** (eraOf(at) / slowHalfLifeMs)
    const isSameEra = scale === this.scales[item]
    const old = this.rows.block(item)
    for (let k = count; k < before; k++) this.remove(old.ints[old.sources + k]!, old.ints[old.places + k]!)
    this.rows.resize(item, count)
    const row = this.rows.block(item)
    this.scales[item] = scale
    for (let k = 0; k < count; k++) {
      const source = predecessors[k]!
      const from = k * pairColumns
      const isNew = k >= before || row.ints[row.sources + k] !== source
      if (isNew) {
        if (k < before) this.remove(row.ints[row.sources + k]!, row.ints[row.places + k]!)
        row.ints[row.sources + k] = source
        row.ints[row.places + k] = this.blocks.insert(source, item, k)
      } else if (isSameEra && hasWeights(row.floats, row.weights + from, weights, from)) continue
      for (let c = 0; c < pairColumns; c++) row.floats[row.weights + from + c] = weights[from + c]!
      this.blocks.setWeights(source, row.ints[row.places + k]!, weights, from)
      const pairs = this.blocks.countOf(source)
      if (isNew && pairs === strongPairsMax + 1) this.beginFront(source)
      else if (pairs > strongPairsMax) this.orderFront(source, row.ints[row.places + k]!)
    }
  }

  /** A list has become longer than `strongPairsMax`: all of it is the front. */
  private beginFront(list: number): void {
    this.fronts[list] = strongPairsMax + 1
    this.boundKeys[list] = -Infinity
    this.isOrdered[list] = 0
  }

  /** Moves the pair at `place` into or out of the front after its weights changed. */
  private orderFront(list: number, place: number): void {
    const key = this.keyAt(list, place)
    const item = this.blocks.itemAt(list, place)
    const ranksBefore = this.isBefore(key, item, this.boundKeys[list]!, this.boundItems[list]!)
    const isBeforeCut = () => this.isBefore(key, item, this.cutKeys[list]!, this.cutItems[list]!)
    if (place < this.fronts[list]!) {
      const isCut = key === this.cutKeys[list] && item === this.cutItems[list]
      if ((isCut || isBeforeCut()) !== place < strongPairsMax) this.isOrdered[list] = 0
      if (!ranksBefore) {
        this.blocks.swap(list, place, --this.fronts[list]!)
        this.isOrdered[list] = 0
      }
    } else if (ranksBefore) {
      this.blocks.swap(list, place, this.fronts[list]!++)
      const front = this.fronts[list]!
      if (isBeforeCut() || front <= strongPairsMax) this.isOrdered[list] = 0
      if (front > frontPairsMax) this.shortenFront(list)
    }
  }

  private shortenFront(list: number): void {
    const front = this.fronts[list]!
    this.bringForward(list, front, frontPairs)
    this.raiseBound(list, frontPairs, front)
    this.fronts[list] = frontPairs
    this.isOrdered[list] = 0
  }

  /** Brings the `strongPairsMax` strongest pairs to the front. */
  private order(list: number): void {
    if (this.fronts[list]! < strongPairsMax) this.refillFront(list)
    if (this.isOrdered[list] === 1) return
    const weakest = this.bringForward(list, this.fronts[list]!, strongPairsMax)
    this.cutKeys[list] = weakest.key
    this.cutItems[list] = weakest.item
    this.isOrdered[list] = 1
  }

  private refillFront(list: number): void {
    const count = this.blocks.countOf(list)
    const front = Math.min(frontPairs, count)
    this.bringForward(list, count, front)
    this.fronts[list] = front
    this.boundKeys[list] = -Infinity
    this.raiseBound(list, front, count)
    this.isOrdered[list] = 0
  }

  /** Raises the bound to the strongest pair in `from`..`to`. */
  private raiseBound(list: number, from: number, to: number): void {
    for (let place = from; place < to; place++) {
      const key = this.keyAt(list, place)
      const item = this.blocks.itemAt(list, place)
      if (!this.isBefore(key, item, this.boundKeys[list]!, this.boundItems[list]!)) continue
      this.boundKeys[list] = key
      this.boundItems[list] = item
    }
  }

  /**
   * Brings the `wanted` strongest among the first `among` pairs to the front. Returns the weakest of them. Takes time
   * linear in `among`, also where all strengths are equal: the last tie that fits is selected, not sorted.
   */
  private bringForward(list: number, among: number, wanted: number): { key: number; item: number } {
    if (among > keys.length) keys = new Float64Array(among * 2)
    for (let place = 0; place < among; place++) keys[place] = this.keyAt(list, place)
    const least = kthGreatest(keys, among, wanted)
    if (among > ties.length) ties = new Int32Array(among * 2)
    const { ids, blocks } = this
    let above = 0
    let equal = 0
    for (let place = 0; place < among; place++)
      if (keys[place]! > least) above++
      else if (keys[place] === least) ties[equal++] = blocks.itemAt(list, place)
    const lastTaken = kthInOrder(ties, equal, wanted - above, (a, b) => ids[a]! < ids[b]!)
    const lastId = ids[lastTaken]!
    const isStrong = (place: number) =>
      keys[place]! > least || (keys[place] === least && ids[blocks.itemAt(list, place)]! <= lastId)
    for (let low = 0, high = wanted; low < wanted; low++) {
      if (isStrong(low)) continue
      while (!isStrong(high)) high++
      blocks.swap(list, low, high++)
    }
    return { key: least, item: lastTaken }
  }

  private keyAt(list: number, place: number): number {
    return this.scales[this.blocks.itemAt(list, place)]! * this.blocks.strengthAt(list, place)
  }

  private isBefore(key: number, item: number, otherKey: number, other: number): boolean {
    return key > otherKey || (key === otherKey && this.ids[item]! < this.ids[other]!)
  }

  private remove(list: number, place: number): void {
    const last = this.blocks.countOf(list) - 1
    let gap = place
    if (last >= strongPairsMax && gap < this.fronts[list]!) {
      if (gap < strongPairsMax) this.isOrdered[list] = 0
      this.blocks.move(list, gap, --this.fronts[list]!)
      gap = this.fronts[list]!
    }
    this.blocks.move(list, gap, last)
    this.blocks.dropLast(list)
    if (last > strongPairsMax && this.fronts[list] === last) this.boundKeys[list] = -Infinity
  }

  private grow(items: number): void {
    this.scales = enlarged(new Float64Array(items), this.scales)
    this.fronts = enlarged(new Int32Array(items), this.fronts)
    this.boundKeys = enlarged(new Float64Array(items), this.boundKeys)
    this.boundItems = enlarged(new Int32Array(items), this.boundItems)
    this.isOrdered = enlarged(new Uint8Array(items), this.isOrdered)
    this.cutKeys = enlarged(new Float64Array(items), this.cutKeys)
    this.cutItems = enlarged(new Int32Array(items), this.cutItems)
  }
}

/** Whether `pairColumns` weights are equal. */
function hasWeights(floats: Float32Array, from: number, weights: Float32Array, at: number): boolean {
  for (let c = 0; c < pairColumns; c++) if (weights[at + c] !== floats[from + c]) return false
  return true
}

let keys = new Float64Array(512)
let ties = new Int32Array(512)
