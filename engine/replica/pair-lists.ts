import { eraOf, pairColumn, pairColumns, slowHalfLifeMs } from '../items/row.ts'
import { kthGreatest, kthInOrder } from '../math/select.ts'
import { noPairs, type PairRow } from './pair-row.ts'

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
export const weightsWord = 2

/** The later items of one item. `ints` and `floats` are two views of the same words. */
export class PairList {
  ints = noInts
  floats = noFloats
  count = 0
  /** Length of the front: these pairs are stronger than the rest, and the rest is not stronger than `bound`. */
  front = 0
  readonly bound: Rank = { key: -Infinity, item: -1 }
  /** Whether the `strongPairsMax` strongest pairs come first. `cut` is the weakest of them. */
  isOrdered = true
  readonly cut: Rank = { key: -Infinity, item: -1 }
}

/** Sort key of a pair: decayed strength, then item id. */
interface Rank {
  key: number
  item: number
}

/**
 * A sparse matrix of item pairs. It is written by columns (an item's row has the items *before* it) and read by rows
 * (the items *after* an item). Each pair is stored once, with its weights, in the list of the earlier item. The later
 * item stores the position of each of its pairs, so that merging a new row takes time linear in the length of the row.
 *
 * Invariant: what `read` returns depends on the current rows only, not on the order of writes. It is the set of the
 * `strongPairsMax` pairs with the greatest decayed strength, ties by item id, and (strength, id) is a strict total
 * order. All counters in a strength have the slow half-life, so this order does not change with time.
 *
 * Memory: 16 + 8 · pairColumns bytes per pair; lists grow by half.
 */
export class PairLists {
  /** Per later item. */
  private readonly rows: PairRow[] = []
  private readonly lists: PairList[] = []
  /** Per later item: the factor that makes strengths of its row comparable with those of other rows. */
  private readonly keyBuffer: number[] = []

  /** @param ids by item number, for ties. */
  constructor(private readonly ids: readonly string[]) {}

  /** Adds an item. Returns its number. */
  addItem(): number {
    this.lists.push(new PairList())
    this.rows.push(noPairs)
    return this.keyBuffer.push(1) - 1
  }

  /** Returns the list of an item. Its first `strong` pairs are the strongest, unordered. Valid until the next put. */
  read(item: number): { list: PairList; strong: number } {
    const list = this.lists[item]!
    if (list.count <= strongPairsMax) return { list, strong: list.count }
    if (list.front < strongPairsMax) this.refill(list)
    if (!list.isOrdered) {
      this.bringForward(list, list.front, strongPairsMax, list.cut)
      list.isOrdered = true
    }
    return { list, strong: strongPairsMax }
  }

  /** The items before an item, in the order of its row. Valid until the next put. */
  earlier(item: number): Int32Array {
    const { ints, count } = this.rows[item]!
    return ints.subarray(0, count)
  }

  /** `pairColumns` weights for each of these, for queries against the direction of time. Valid until the next put. */
  earlierWeights(item: number): Float32Array {
    const { floats, weights } = this.rows[item]!
    return floats.subarray(weights)
  }

  /** All pairs of an item's list, for tests: later items and their weights. */
  pairsOf(item: number): Map<number, Float32Array> {
    const { ints, floats, count } = this.lists[item]!
    const pairs = new Map<number, Float32Array>()
    for (let at = 0; at < count * pairWords; at += pairWords)
      pairs.set(ints[at]!, floats.slice(at + weightsWord, at + pairWords))
    return pairs
  }

  /**
   * Replaces all pairs whose later item is `item`. `weights`: `pairColumns` per predecessor, relative to the era of
   * `at`. Unchanged pairs are skipped: each is in another list, so writing it would cost a cache miss.
   */
  putRow(item: number, predecessors: Int32Array, weights: Float32Array, at: number): void {
    const before = this.rows[item]!
    const count = predecessors.length
    const worth = 2 ** (eraOf(at) / slowHalfLifeMs)
    const isSameEra = worth === this.keyBuffer[item]
    for (let k = count; k < before.count; k++) this.remove(before.ints[k]!, before.ints[before.places + k]!)
    const row = before.resized(count)
    this.rows[item] = row
    this.keyBuffer[item] = worth
    for (let k = 0; k < count; k++) {
      const source = predecessors[k]!
      const list = this.lists[source]!
      const isNew = k >= before.count || row.ints[k] !== source
      if (isNew) {
        if (k < before.count) this.remove(row.ints[k]!, row.ints[row.places + k]!)
        row.ints[k] = source
        row.ints[row.places + k] = insert(list, item, k)
      } else if (isSameEra && row.hasWeights(k, weights)) continue
      const place = row.ints[row.places + k]!
      const from = place * pairWords + weightsWord
      for (let c = 0; c < pairColumns; c++) {
        const weight = weights[k * pairColumns + c]!
        row.floats[row.weights + k * pairColumns + c] = weight
        list.floats[from + c] = weight
      }
      if (list.count > strongPairsMax) this.orderFront(list, place)
      else {
        list.front = list.count
        list.bound.key = -Infinity
        list.isOrdered = false
      }
    }
  }

  /** The position of a pair has changed: `place`, in the list of an earlier item. */
  private movePlace({ ints }: PairList, place: number): void {
    const row = this.rows[ints[place * pairWords]!]!
    row.ints[row.places + ints[place * pairWords + backWord]!] = place
  }

  /** Moves the pair at `place` to the right part of the list after its weights changed. */
  private orderFront(list: PairList, place: number): void {
    const key = this.keyAt(list, place)
    const item = list.ints[place * pairWords]!
    const ranksBefore = this.isBefore(key, item, list.bound)
    if (place < list.front) {
      const isCut = key === list.cut.key && item === list.cut.item
      const isIn = isCut || this.isBefore(key, item, list.cut)
      if (isIn !== place < strongPairsMax) list.isOrdered = false
      if (!ranksBefore) {
        this.swap(list, place, --list.front)
        list.isOrdered = false
      }
    } else if (ranksBefore) {
      this.swap(list, place, list.front++)
      if (this.isBefore(key, item, list.cut) || list.front <= strongPairsMax) list.isOrdered = false
      if (list.front > frontPairsMax) {
        this.bringForward(list, list.front, frontPairs)
        this.setBound(list, frontPairs, list.front)
        list.front = frontPairs
        list.isOrdered = false
      }
    }
  }

  private refill(list: PairList): void {
    list.front = Math.min(frontPairs, list.count)
    this.bringForward(list, list.count, list.front)
    list.bound.key = -Infinity
    this.setBound(list, list.front, list.count)
    list.isOrdered = false
  }

  /** Raises `bound` to the strongest pair in `from`..`to`. */
  private setBound(list: PairList, from: number, to: number): void {
    for (let place = from; place < to; place++) {
      const key = this.keyAt(list, place)
      const item = list.ints[place * pairWords]!
      if (this.isBefore(key, item, list.bound)) Object.assign(list.bound, { key, item })
    }
  }

  /**
   * Brings the `wanted` strongest among the first `among` pairs to the front; the weakest of them becomes `weakest`.
   * Takes time linear in `among`, also where all strengths are equal: the last tie that fits is selected, not sorted.
   */
  private bringForward(list: PairList, among: number, wanted: number, weakest?: Rank): void {
    if (among > keys.length) keys = new Float64Array(among * 2)
    for (let place = 0; place < among; place++) keys[place] = this.keyAt(list, place)
    const least = kthGreatest(keys, among, wanted)
    if (among > ties.length) ties = new Int32Array(among * 2)
    let above = 0
    let equal = 0
    for (let place = 0; place < among; place++)
      if (keys[place]! > least) above++
      else if (keys[place] === least) ties[equal++] = list.ints[place * pairWords]!
    const { ids } = this
    const lastTaken = kthInOrder(ties, equal, wanted - above, (a, b) => ids[a]! < ids[b]!)
    if (weakest) Object.assign(weakest, { key: least, item: lastTaken })
    const lastId = ids[lastTaken]!
    const isStrong = (place: number) =>
      keys[place]! > least || (keys[place] === least && ids[list.ints[place * pairWords]!]! <= lastId)
    for (let low = 0, high = wanted; low < wanted; low++) {
      if (isStrong(low)) continue
      while (!isStrong(high)) high++
      this.swap(list, low, high++)
    }
  }

  private keyAt({ ints, floats }: PairList, place: number): number {
    const at = place * pairWords
    const strength =
      2 * floats[at + weightsWord + pairColumn.near]! +
      floats[at + weightsWord + pairColumn.session]! +
      0.5 * floats[at + weightsWord + pairColumn.ever]!
    return this.keyBuffer[ints[at]!]! * strength
  }

  private isBefore(key: number, item: number, other: Rank): boolean {
    return key > other.key || (key === other.key && this.ids[item]! < this.ids[other.item]!)
  }

  private swap(list: PairList, a: number, b: number): void {
    if (a === b) return
    const { ints } = list
    // As integers: a float that is copied may change its bits where it is not a number.
    for (let word = 0, from = a * pairWords, to = b * pairWords; word < pairWords; word++, from++, to++) {
      const kept = ints[from]!
      ints[from] = ints[to]!
      ints[to] = kept
    }
    this.movePlace(list, a)
    this.movePlace(list, b)
  }

  private remove(source: number, place: number): void {
    const list = this.lists[source]!
    let gap = place
    if (gap < list.front) {
      if (gap < strongPairsMax) list.isOrdered = false
      this.fill(list, gap, --list.front)
      gap = list.front
    }
    this.fill(list, gap, --list.count)
    if (list.front === list.count) list.bound.key = -Infinity
  }

  /** Moves the pair at `from` to the position `gap`. */
  private fill(list: PairList, gap: number, from: number): void {
    if (gap === from) return
    list.ints.copyWithin(gap * pairWords, from * pairWords, (from + 1) * pairWords)
    this.movePlace(list, gap)
  }
}

const noInts = new Int32Array(0)
const noFloats = new Float32Array(0)
let keys = new Float64Array(512)
let ties = new Int32Array(512)

function insert(list: PairList, item: number, back: number): number {
  const place = list.count++
  if (list.count * pairWords > list.ints.length) {
    const room = Math.max(4, list.count + (list.count >> 1))
    const ints = new Int32Array(room * pairWords)
    ints.set(list.ints)
    list.ints = ints
    list.floats = new Float32Array(ints.buffer)
  }
  list.ints[place * pairWords] = item
  list.ints[place * pairWords + backWord] = back
  return place
}
