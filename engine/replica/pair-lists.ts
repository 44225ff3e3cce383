import { eraOf, pairColumn, pairColumns, slowHalfLifeMs } from '../items/row.ts'
import { enlarged } from '../math/arrays.ts'
import { kthGreatest, kthInOrder } from '../math/select.ts'
import { PairRows } from './pair-rows.ts'
import { noBlock, offsetOf, roomFor, WordPool } from './word-pool.ts'

/** Maximum pairs per earlier item that a query reads, the strongest ones. */
export const strongPairsMax = 192
/**
 * Size of the front part of a list after a refill, and its maximum. The front is unordered, and every pair in it is
 * stronger than all pairs behind it, so that the strongest pairs are rarely selected from the whole list.
 */
const frontPairs = 256
const frontPairsMax = 320

/** Words of one pair in a list: the later item, the pair's place in the row of the later item, the weights. */
export const pairWords = 2 + pairColumns
const backWord = 1
const weightsWord = 2

/** The strongest pairs of a list: `count` times `pairWords` words of `ints` from `from` on, unordered. */
export interface StrongPairs {
  readonly ints: Int32Array
  readonly from: number
  readonly count: number
}

/** Words of one list in `heads`. */
const headWords = 6
const head = {
  address: 0,
  /** Pairs that fit into the block. */
  room: 1,
  count: 2,
  /** Length of the front: these pairs are stronger than the rest, and the rest is not stronger than `bound`. */
  front: 3,
  boundItem: 4,
  cutItem: 5,
} as const

/** Numbers of one list in `keys`: `bound` and `cut` are sort keys, a decayed strength and an item each. */
const keyCount = 3
const key = {
  bound: 0,
  /** Of the weakest of the `strongPairsMax` strongest pairs, where these come first. */
  cut: 1,
  /** Of the row: the factor that makes its strengths comparable with those of other rows. */
  worth: 2,
} as const

/**
 * A sparse matrix of item pairs. It is written by columns (an item's row has the items *before* it) and read by rows
 * (the items *after* an item). Each pair is stored once, with its weights, in the list of the earlier item. The later
 * item stores the position of each of its pairs, so that merging a new row takes time linear in the length of the row.
 *
 * Invariant: what `read` returns depends on the current rows only, not on the order of writes. It is the set of the
 * `strongPairsMax` pairs with the greatest decayed strength, ties by item id, and (strength, id) is a strict total
 * order. All counters in a strength have the slow half-life, so this order does not change with time.
 *
 * Memory: 16 + 8 · pairColumns bytes per pair and on average 6 % for unused room, 61 bytes per item; nothing per item is
 * an object.
 */
export class PairLists {
  private readonly pool = new WordPool()
  /** Per later item. */
  private readonly rows = new PairRows(this.pool)
  private heads = new Int32Array(0)
  private keys = new Float64Array(0)
  /** Per list: 1 where the `strongPairsMax` strongest pairs come first. */
  private isOrdered = new Uint8Array(0)

  /** @param ids by item number, for ties. */
  constructor(private readonly ids: readonly string[]) {}

  /** Adds an item. Returns its number. */
  addItem(): number {
    const item = this.rows.addItem()
    if (item >= this.isOrdered.length) {
      const items = Math.max(64, item * 2)
      this.heads = enlarged(new Int32Array(items * headWords), this.heads)
      this.keys = enlarged(new Float64Array(items * keyCount), this.keys)
      this.isOrdered = enlarged(new Uint8Array(items), this.isOrdered)
    }
    this.heads[item * headWords + head.address] = noBlock
    this.keys.fill(-Infinity, item * keyCount, (item + 1) * keyCount)
    this.keys[item * keyCount + key.worth] = 1
    this.isOrdered[item] = 1
    return item
  }

  /** Bytes of all pairs, used or not. */
  get bytes(): number {
    return this.pool.bytes
  }

  /** Returns the strongest pairs of an item's list. Valid until the next put. */
  read(item: number): StrongPairs {
    const count = this.countOf(item)
    if (count > strongPairsMax) this.order(item)
    const address = this.heads[item * headWords + head.address]!
    if (address === noBlock) return noPairs
    return { ints: this.pool.ints(address), from: offsetOf(address), count: Math.min(count, strongPairsMax) }
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
    const pairs = new Map<number, Float32Array>()
    const address = this.heads[item * headWords + head.address]!
    for (let place = 0; place < this.countOf(item); place++) {
      const at = offsetOf(address) + place * pairWords
      pairs.set(this.pool.ints(address)[at]!, this.pool.floats(address).slice(at + weightsWord, at + pairWords))
    }
    return pairs
  }

  /**
   * Replaces all pairs whose later item is `item`. `weights`: `pairColumns` per predecessor, relative to the era of
   * `at`. Unchanged pairs are skipped: each is in another list, so writing it would cost a cache miss.
   */
  putRow(item: number, predecessors: Int32Array, weights: Float32Array, at: number): void {
    const count = predecessors.length
    const before = this.rows.countOf(item)
    const worth = 2 ** (eraOf(at) / slowHalfLifeMs)
    const isSameEra = worth === this.keys[item * keyCount + key.worth]
    const old = this.rows.block(item)
    for (let k = count; k < before; k++) this.remove(old.ints[old.sources + k]!, old.ints[old.places + k]!)
    this.rows.resize(item, count)
    const row = this.rows.block(item)
    this.keys[item * keyCount + key.worth] = worth
    for (let k = 0; k < count; k++) {
      const source = predecessors[k]!
      const isNew = k >= before || row.ints[row.sources + k] !== source
      if (isNew) {
        if (k < before) this.remove(row.ints[row.sources + k]!, row.ints[row.places + k]!)
        row.ints[row.sources + k] = source
        row.ints[row.places + k] = this.insert(source, item, k)
      } else if (isSameEra && hasWeights(row.floats, row.weights + k * pairColumns, weights, k * pairColumns)) continue
      const place = row.ints[row.places + k]!
      const list = this.heads[source * headWords + head.address]!
      const floats = this.pool.floats(list)
      const to = offsetOf(list) + place * pairWords + weightsWord
      for (let c = 0; c < pairColumns; c++) {
        const weight = weights[k * pairColumns + c]!
        row.floats[row.weights + k * pairColumns + c] = weight
        floats[to + c] = weight
      }
      if (this.countOf(source) > strongPairsMax) this.orderFront(source, place)
      else {
        this.heads[source * headWords + head.front] = this.countOf(source)
        this.keys[source * keyCount + key.bound] = -Infinity
        this.isOrdered[source] = 0
      }
    }
  }

  private countOf(list: number): number {
    return this.heads[list * headWords + head.count]!
  }

  private frontOf(list: number): number {
    return this.heads[list * headWords + head.front]!
  }

  /** Moves the pair at `place` to the right part of the list after its weights changed. */
  private orderFront(list: number, place: number): void {
    const strength = this.keyAt(list, place)
    const item = this.itemAt(list, place)
    const at = list * headWords
    const { heads } = this
    const ranksBefore = this.isBeforeBound(strength, item, list)
    if (place < heads[at + head.front]!) {
      const isCut = strength === this.keys[list * keyCount + key.cut] && item === heads[at + head.cutItem]
      const isIn = isCut || this.isBeforeCut(strength, item, list)
      if (isIn !== place < strongPairsMax) this.isOrdered[list] = 0
      if (!ranksBefore) {
        this.swap(list, place, --heads[at + head.front]!)
        this.isOrdered[list] = 0
      }
    } else if (ranksBefore) {
      this.swap(list, place, heads[at + head.front]!++)
      const front = heads[at + head.front]!
      if (this.isBeforeCut(strength, item, list) || front <= strongPairsMax) this.isOrdered[list] = 0
      if (front > frontPairsMax) {
        this.bringForward(list, front, frontPairs)
        this.setBound(list, frontPairs, front)
        heads[at + head.front] = frontPairs
        this.isOrdered[list] = 0
      }
    }
  }

  /** Brings the `strongPairsMax` strongest pairs to the front. */
  private order(list: number): void {
    if (this.frontOf(list) < strongPairsMax) this.refill(list)
    if (this.isOrdered[list] === 1) return
    const weakest = this.bringForward(list, this.frontOf(list), strongPairsMax)
    this.keys[list * keyCount + key.cut] = weakest.key
    this.heads[list * headWords + head.cutItem] = weakest.item
    this.isOrdered[list] = 1
  }

  private refill(list: number): void {
    const count = this.countOf(list)
    const front = Math.min(frontPairs, count)
    this.bringForward(list, count, front)
    this.heads[list * headWords + head.front] = front
    this.keys[list * keyCount + key.bound] = -Infinity
    this.setBound(list, front, count)
    this.isOrdered[list] = 0
  }

  /** Raises the bound to the strongest pair in `from`..`to`. */
  private setBound(list: number, from: number, to: number): void {
    for (let place = from; place < to; place++) {
      const strength = this.keyAt(list, place)
      const item = this.itemAt(list, place)
      if (!this.isBeforeBound(strength, item, list)) continue
      this.keys[list * keyCount + key.bound] = strength
      this.heads[list * headWords + head.boundItem] = item
    }
  }

  /**
   * Brings the `wanted` strongest among the first `among` pairs to the front. Returns the weakest of them. Takes time
   * linear in `among`, also where all strengths are equal: the last tie that fits is selected, not sorted.
   */
  private bringForward(list: number, among: number, wanted: number): { key: number; item: number } {
    if (among > strengths.length) strengths = new Float64Array(among * 2)
    for (let place = 0; place < among; place++) strengths[place] = this.keyAt(list, place)
    const least = kthGreatest(strengths, among, wanted)
    if (among > ties.length) ties = new Int32Array(among * 2)
    let above = 0
    let equal = 0
    for (let place = 0; place < among; place++)
      if (strengths[place]! > least) above++
      else if (strengths[place] === least) ties[equal++] = this.itemAt(list, place)
    const { ids } = this
    const lastTaken = kthInOrder(ties, equal, wanted - above, (a, b) => ids[a]! < ids[b]!)
    const lastId = ids[lastTaken]!
    const isStrong = (place: number) =>
      strengths[place]! > least || (strengths[place] === least && ids[this.itemAt(list, place)]! <= lastId)
    for (let low = 0, high = wanted; low < wanted; low++) {
      if (isStrong(low)) continue
      while (!isStrong(high)) high++
      this.swap(list, low, high++)
    }
    return { key: least, item: lastTaken }
  }

  private itemAt(list: number, place: number): number {
    const address = this.heads[list * headWords + head.address]!
    return this.pool.ints(address)[offsetOf(address) + place * pairWords]!
  }

  private keyAt(list: number, place: number): number {
    const address = this.heads[list * headWords + head.address]!
    const floats = this.pool.floats(address)
    const at = offsetOf(address) + place * pairWords + weightsWord
    const strength =
      2 * floats[at + pairColumn.near]! + floats[at + pairColumn.session]! + 0.5 * floats[at + pairColumn.ever]!
    return this.keys[this.itemAt(list, place) * keyCount + key.worth]! * strength
  }

  private isBeforeBound(strength: number, item: number, list: number): boolean {
    const bound = this.keys[list * keyCount + key.bound]!
    return (
      strength > bound || (strength === bound && this.isEarlierId(item, this.heads[list * headWords + head.boundItem]!))
    )
  }

  private isBeforeCut(strength: number, item: number, list: number): boolean {
    const cut = this.keys[list * keyCount + key.cut]!
    return strength > cut || (strength === cut && this.isEarlierId(item, this.heads[list * headWords + head.cutItem]!))
  }

  private isEarlierId(item: number, other: number): boolean {
    return this.ids[item]! < this.ids[other]!
  }

  private swap(list: number, a: number, b: number): void {
    if (a === b) return
    const address = this.heads[list * headWords + head.address]!
    const ints = this.pool.ints(address)
    const first = offsetOf(address) + a * pairWords
    const second = offsetOf(address) + b * pairWords
    // As integers: a float that is copied may change its bits where it is not a number.
    for (let word = 0; word < pairWords; word++) {
      const kept = ints[first + word]!
      ints[first + word] = ints[second + word]!
      ints[second + word] = kept
    }
    this.rows.setPlace(ints[first]!, ints[first + backWord]!, a)
    this.rows.setPlace(ints[second]!, ints[second + backWord]!, b)
  }

  /** Appends a pair without weights. Returns its place. */
  private insert(list: number, item: number, back: number): number {
    const at = list * headWords
    const place = this.heads[at + head.count]!++
    if (place >= this.heads[at + head.room]!) this.resize(list, place + 1)
    const address = this.heads[at + head.address]!
    const ints = this.pool.ints(address)
    const to = offsetOf(address) + place * pairWords
    ints[to] = item
    ints[to + backWord] = back
    return place
  }

  private remove(list: number, place: number): void {
    const at = list * headWords
    const { heads } = this
    let gap = place
    if (gap < heads[at + head.front]!) {
      if (gap < strongPairsMax) this.isOrdered[list] = 0
      this.fill(list, gap, --heads[at + head.front]!)
      gap = heads[at + head.front]!
    }
    this.fill(list, gap, --heads[at + head.count]!)
    const count = heads[at + head.count]!
    if (heads[at + head.front] === count) this.keys[list * keyCount + key.bound] = -Infinity
    if (count * 2 < heads[at + head.room]!) this.resize(list, count)
  }

  /** Moves the pair at `from` to the position `gap`. */
  private fill(list: number, gap: number, from: number): void {
    if (gap === from) return
    const address = this.heads[list * headWords + head.address]!
    const ints = this.pool.ints(address)
    const to = offsetOf(address) + gap * pairWords
    const source = offsetOf(address) + from * pairWords
    ints.copyWithin(to, source, source + pairWords)
    this.rows.setPlace(ints[to]!, ints[to + backWord]!, gap)
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

/** Whether `pairColumns` weights are equal. */
function hasWeights(floats: Float32Array, from: number, weights: Float32Array, at: number): boolean {
  for (let c = 0; c < pairColumns; c++) if (weights[at + c] !== floats[from + c]) return false
  return true
}

const noPairs: StrongPairs = { ints: new Int32Array(0), from: 0, count: 0 }
let strengths = new Float64Array(512)
let ties = new Int32Array(512)
