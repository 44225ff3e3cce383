import { eraOf, pairColumn, pairColumns, slowHalfLifeMs } from '../items/row.ts'
import { kthGreatest, kthInOrder } from '../math/select.ts'

/** Pairs per earlier item that a query reads: the strongest. */
export const strongPairsMax = 192
/**
 * Pairs per earlier item that are known to be stronger than all others, in no order, so that the strongest are seldom
 * looked for among all.
 */
const frontPairs = 256
const frontPairsMax = 320

/** Words of one pair in a list: the later item, the pair's place in the row of the later item, the weights. */
export const pairWords = 2 + pairColumns
const backWord = 1
export const weightsWord = 2

/** What came after one item. `ints` and `floats` are two views of the same words. */
export class PairList {
  ints = noInts
  floats = noFloats
  count = 0
  /** The first so many are stronger than the rest, which is no stronger than `bound`. */
  front = 0
  readonly bound: Rank = { key: -Infinity, item: -1 }
  /** Whether the strongest strongPairsMax stand first; `cut` lies between them and the others. */
  isOrdered = true
  readonly cut: Rank = { key: -Infinity, item: -1 }
}

/** A place in the order of strength. */
interface Rank {
  key: number
  item: number
}

/**
 * A sparse matrix of item pairs that arrives by columns (an item's row says what came *before* it) and is read by rows
 * (what comes *after* an item). Each pair stands once with its weights in the list of the earlier item; the later item
 * knows where, so that a new row is merged in time proportional to its own length. What a query reads of a list is
 * settled by the rows alone, not by the order they came in: the strongPairsMax pairs of the greatest decayed strength,
 * by id where equal. Takes 16 + 8·pairColumns bytes per pair, lists growing by half.
 */
export class PairLists {
  /** Per later item: the earlier items in the order of its row, and where the pair stands in their lists. */
  readonly earlier: Int32Array[] = []
  private readonly places: Int32Array[] = []
  /** The later item's row as it came: pairColumns per earlier item, for reading against time. */
  readonly rows: Float32Array[] = []
  private readonly lists: PairList[] = []
  /** Per later item: what a strength of its row is worth beside those of other rows. */
  private readonly keyBuffer: number[] = []
  private readonly ids: readonly string[]

  /** @param ids by item number: the order of equals. */
  constructor(ids: readonly string[]) {
    this.ids = ids
  }

  /** Makes room for one more item and returns its number. */
  addItem(): number {
    this.lists.push(new PairList())
    this.earlier.push(noInts)
    this.places.push(noInts)
    this.rows.push(noFloats)
    return this.keyBuffer.push(1) - 1
  }

  /** What came after an item; the first `strong` of it are the strongest, in no order. Valid until the next put. */
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

  /** All pairs of an item's list, for tests: later items and their weights. */
  pairsOf(item: number): Map<number, Float32Array> {
    const { ints, floats, count } = this.lists[item]!
    const pairs = new Map<number, Float32Array>()
    for (let at = 0; at < count * pairWords; at += pairWords)
      pairs.set(ints[at]!, floats.slice(at + weightsWord, at + pairWords))
    return pairs
  }

  /**
   * Replaces all pairs that end in `item`. `weights` holds pairColumns per predecessor, counted from the era of `at`.
   * Pairs that are as they were before are passed over: they lie in the lists of as many other items, each far from the
   * others in memory.
   */
  putRow(item: number, predecessors: Int32Array, weights: Float32Array, at: number): void {
    const before = this.earlier[item]!
    const weightsBefore = this.rows[item]!
    const worth = 2 ** (eraOf(at) / slowHalfLifeMs)
    const isSameEra = worth === this.keyBuffer[item]
    for (let k = predecessors.length; k < before.length; k++) this.remove(before[k]!, this.places[item]![k]!)
    const places = resized(this.places[item]!, predecessors.length)
    this.places[item] = places
    this.earlier[item] = predecessors
    this.rows[item] = weights
    this.keyBuffer[item] = worth
    for (let k = 0; k < predecessors.length; k++) {
      const source = predecessors[k]!
      const list = this.lists[source]!
      if (k >= before.length || before[k] !== source) {
        if (k < before.length) this.remove(before[k]!, places[k]!)
        places[k] = insert(list, item, k)
      } else if (isSameEra && isSame(weights, weightsBefore, k)) continue
      const from = places[k]! * pairWords + weightsWord
      for (let c = 0; c < pairColumns; c++) list.floats[from + c] = weights[k * pairColumns + c]!
      if (list.count > strongPairsMax) this.orderFront(list, places[k]!)
      else {
        list.front = list.count
        list.bound.key = -Infinity
        list.isOrdered = false
      }
    }
  }

  /** Moves the pair at `place`, whose weights have changed, to the part of the list where it now belongs. */
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

  /** Raises the bound to the strongest pair from `from` up to `to`. */
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
    this.places[ints[a * pairWords]!]![ints[a * pairWords + backWord]!] = a
    this.places[ints[b * pairWords]!]![ints[b * pairWords + backWord]!] = b
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

  /** Moves the pair at `from` into a gap. */
  private fill({ ints }: PairList, gap: number, from: number): void {
    if (gap === from) return
    ints.copyWithin(gap * pairWords, from * pairWords, (from + 1) * pairWords)
    this.places[ints[gap * pairWords]!]![ints[gap * pairWords + backWord]!] = gap
  }
}

const noInts = new Int32Array(0)
const noFloats = new Float32Array(0)
let keys = new Float64Array(512)
let ties = new Int32Array(512)

function resized(places: Int32Array, length: number): Int32Array {
  if (places.length === length) return places
  const copy = new Int32Array(length)
  copy.set(places.subarray(0, length))
  return copy
}

/** Whether one predecessor has the weights that it had. */
function isSame(weights: Float32Array, before: Float32Array, predecessor: number): boolean {
  const at = predecessor * pairColumns
  for (let c = at; c < at + pairColumns; c++) if (weights[c] !== before[c]) return false
  return true
}

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
