import { eraOf, PAIR, PAIR_COLUMNS, PAIR_HALF_LIFE_MS } from '../items/row.ts'
import { greatestOf } from '../maths/select.ts'

/** Pairs per earlier item that a query reads: the strongest. */
export const STRONG_MAX = 192
/** Pairs per earlier item that are known to be stronger than all others, in no order, so that the strongest are seldom looked for among all. */
const FRONT = 256
const FRONT_MAX = 320

/** Words of one pair in a list: the later item, the pair's place in the row of the later item, the weights. */
export const PAIR_WORDS = 2 + PAIR_COLUMNS
const BACK = 1
export const PAIR_WEIGHTS = 2

/** What came after one item. `ints` and `floats` are two views of the same words. */
export class PairList {
  ints = NO_INTS
  floats = NO_FLOATS
  count = 0
  /** The first so many are stronger than the rest, which is no stronger than `bound`. */
  front = 0
  readonly bound: Rank = { key: -Infinity, item: -1 }
  /** Whether the strongest STRONG_MAX stand first; `cut` lies between them and the others. */
  isSettled = true
  readonly cut: Rank = { key: -Infinity, item: -1 }
}

/** A place in the order of strength. */
interface Rank {
  key: number
  item: number
}

/**
 * A sparse matrix of item pairs that arrives by columns (an item's row says what came *before* it) and is read by rows (what comes *after* an item).
 * Each pair stands once with its weights in the list of the earlier item; the later item knows where, so that a new row is merged in time
 * proportional to its own length. What a query reads of a list is settled by the rows alone, not by the order they came in: the STRONG_MAX pairs of
 * the greatest decayed strength, by id where equal. Takes 16 + 8·PAIR_COLUMNS bytes per pair, lists growing by half.
 */
export class PairLists {
  /** Per later item: the earlier items in the order of its row, and where the pair stands in their lists. */
  readonly earlier: Int32Array[] = []
  private readonly places: Int32Array[] = []
  /** The later item's row as it came: PAIR_COLUMNS per earlier item, for reading against time. */
  readonly rows: Float32Array[] = []
  private readonly lists: PairList[] = []
  /** Per later item: what a strength of its row is worth beside those of other rows. */
  private readonly worths: number[] = []
  private readonly ids: readonly string[]

  /** @param ids by item number: the order of equals. */
  constructor(ids: readonly string[]) {
    this.ids = ids
  }

  /** Makes room for one more item and returns its number. */
  addItem(): number {
    this.lists.push(new PairList())
    this.earlier.push(NO_INTS)
    this.places.push(NO_INTS)
    this.rows.push(NO_FLOATS)
    return this.worths.push(1) - 1
  }

  /** What came after an item; the first `strong` of it are the strongest, in no order. Valid until the next put. */
  read(item: number): { list: PairList; strong: number } {
    const list = this.lists[item]!
    if (list.count <= STRONG_MAX) return { list, strong: list.count }
    if (list.front < STRONG_MAX) this.refill(list)
    if (!list.isSettled) {
      this.bringForward(list, list.front, STRONG_MAX, list.cut)
      list.isSettled = true
    }
    return { list, strong: STRONG_MAX }
  }

  /** All pairs of an item's list, for tests: later items and their weights. */
  pairsOf(item: number): Map<number, Float32Array> {
    const { ints, floats, count } = this.lists[item]!
    const pairs = new Map<number, Float32Array>()
    for (let at = 0; at < count * PAIR_WORDS; at += PAIR_WORDS)
      pairs.set(ints[at]!, floats.slice(at + PAIR_WEIGHTS, at + PAIR_WORDS))
    return pairs
  }

  /**
   * Replaces all pairs that end in `item`. `weights` holds PAIR_COLUMNS per predecessor, counted from the era of `at`. Pairs that are as they were
   * before are passed over: they lie in the lists of as many other items, each far from the others in memory.
   */
  putRow(item: number, predecessors: Int32Array, weights: Float32Array, at: number): void {
    const before = this.earlier[item]!
    const weightsBefore = this.rows[item]!
    const worth = 2 ** (eraOf(at) / PAIR_HALF_LIFE_MS)
    const isSameEra = worth === this.worths[item]
    for (let k = predecessors.length; k < before.length; k++) this.remove(before[k]!, this.places[item]![k]!)
    const places = resized(this.places[item]!, predecessors.length)
    this.places[item] = places
    this.earlier[item] = predecessors
    this.rows[item] = weights
    this.worths[item] = worth
    for (let k = 0; k < predecessors.length; k++) {
      const source = predecessors[k]!
      const list = this.lists[source]!
      if (k >= before.length || before[k] !== source) {
        if (k < before.length) this.remove(before[k]!, places[k]!)
        places[k] = insert(list, item, k)
      } else if (isSameEra && isSame(weights, weightsBefore, k)) continue
      const from = places[k]! * PAIR_WORDS + PAIR_WEIGHTS
      for (let c = 0; c < PAIR_COLUMNS; c++) list.floats[from + c] = weights[k * PAIR_COLUMNS + c]!
      if (list.count > STRONG_MAX) this.settle(list, places[k]!)
      else {
        list.front = list.count
        list.bound.key = -Infinity
        list.isSettled = false
      }
    }
  }

  /** Moves the pair at `place`, whose weights have changed, to the part of the list where it now belongs. */
  private settle(list: PairList, place: number): void {
    const key = this.keyAt(list, place)
    const item = list.ints[place * PAIR_WORDS]!
    const isAhead = this.isBefore(key, item, list.bound)
    if (place < list.front) {
      const isCut = key === list.cut.key && item === list.cut.item
      const isIn = isCut || this.isBefore(key, item, list.cut)
      if (isIn !== place < STRONG_MAX) list.isSettled = false
      if (!isAhead) {
        this.swap(list, place, --list.front)
        list.isSettled = false
      }
    } else if (isAhead) {
      this.swap(list, place, list.front++)
      if (this.isBefore(key, item, list.cut) || list.front <= STRONG_MAX) list.isSettled = false
      if (list.front > FRONT_MAX) {
        this.bringForward(list, list.front, FRONT)
        this.setBound(list, FRONT, list.front)
        list.front = FRONT
        list.isSettled = false
      }
    }
  }

  private refill(list: PairList): void {
    list.front = Math.min(FRONT, list.count)
    this.bringForward(list, list.count, list.front)
    list.bound.key = -Infinity
    this.setBound(list, list.front, list.count)
    list.isSettled = false
  }

  /** Raises the bound to the strongest pair from `from` up to `to`. */
  private setBound(list: PairList, from: number, to: number): void {
    for (let place = from; place < to; place++) {
      const key = this.keyAt(list, place)
      const item = list.ints[place * PAIR_WORDS]!
      if (this.isBefore(key, item, list.bound)) Object.assign(list.bound, { key, item })
    }
  }

  /** Brings the `wanted` strongest among the first `among` pairs to the front; the weakest of them becomes `weakest`. */
  private bringForward(list: PairList, among: number, wanted: number, weakest?: Rank): void {
    if (among > keys.length) keys = new Float64Array(among * 2)
    for (let place = 0; place < among; place++) keys[place] = this.keyAt(list, place)
    const least = greatestOf(keys, among, wanted)
    const ties: number[] = []
    let above = 0
    for (let place = 0; place < among; place++)
      if (keys[place]! > least) above++
      else if (keys[place] === least) ties.push(list.ints[place * PAIR_WORDS]!)
    ties.sort((a, b) => (this.ids[a]! < this.ids[b]! ? -1 : 1))
    const taken = ties.slice(0, wanted - above)
    if (weakest) Object.assign(weakest, { key: least, item: taken[taken.length - 1]! })
    const isStrong = (place: number) =>
      keys[place]! > least || (keys[place] === least && taken.includes(list.ints[place * PAIR_WORDS]!))
    for (let low = 0, high = wanted; low < wanted; low++) {
      if (isStrong(low)) continue
      while (!isStrong(high)) high++
      this.swap(list, low, high++)
    }
  }

  private keyAt({ ints, floats }: PairList, place: number): number {
    const at = place * PAIR_WORDS
    const strength =
      2 * floats[at + PAIR_WEIGHTS + PAIR.near]! +
      floats[at + PAIR_WEIGHTS + PAIR.session]! +
      0.5 * floats[at + PAIR_WEIGHTS + PAIR.ever]!
    return this.worths[ints[at]!]! * strength
  }

  private isBefore(key: number, item: number, other: Rank): boolean {
    return key > other.key || (key === other.key && this.ids[item]! < this.ids[other.item]!)
  }

  private swap(list: PairList, a: number, b: number): void {
    if (a === b) return
    const { ints } = list
    // As integers: a float that is copied may change its bits where it is not a number.
    for (let word = 0, from = a * PAIR_WORDS, to = b * PAIR_WORDS; word < PAIR_WORDS; word++, from++, to++) {
      const kept = ints[from]!
      ints[from] = ints[to]!
      ints[to] = kept
    }
    this.places[ints[a * PAIR_WORDS]!]![ints[a * PAIR_WORDS + BACK]!] = a
    this.places[ints[b * PAIR_WORDS]!]![ints[b * PAIR_WORDS + BACK]!] = b
  }

  private remove(source: number, place: number): void {
    const list = this.lists[source]!
    let gap = place
    if (gap < list.front) {
      if (gap < STRONG_MAX) list.isSettled = false
      this.fill(list, gap, --list.front)
      gap = list.front
    }
    this.fill(list, gap, --list.count)
    if (list.front === list.count) list.bound.key = -Infinity
  }

  /** Moves the pair at `from` into a gap. */
  private fill({ ints }: PairList, gap: number, from: number): void {
    if (gap === from) return
    ints.copyWithin(gap * PAIR_WORDS, from * PAIR_WORDS, (from + 1) * PAIR_WORDS)
    this.places[ints[gap * PAIR_WORDS]!]![ints[gap * PAIR_WORDS + BACK]!] = gap
  }
}

const NO_INTS = new Int32Array(0)
const NO_FLOATS = new Float32Array(0)
let keys = new Float64Array(512)

function resized(places: Int32Array, length: number): Int32Array {
  if (places.length === length) return places
  const copy = new Int32Array(length)
  copy.set(places.subarray(0, length))
  return copy
}

/** Whether one predecessor has the weights that it had. */
function isSame(weights: Float32Array, before: Float32Array, predecessor: number): boolean {
  const at = predecessor * PAIR_COLUMNS
  for (let c = at; c < at + PAIR_COLUMNS; c++) if (weights[c] !== before[c]) return false
  return true
}

function insert(list: PairList, item: number, back: number): number {
  const place = list.count++
  if (list.count * PAIR_WORDS > list.ints.length) {
    const room = Math.max(4, list.count + (list.count >> 1))
    const ints = new Int32Array(room * PAIR_WORDS)
    ints.set(list.ints)
    list.ints = ints
    list.floats = new Float32Array(ints.buffer)
  }
  list.ints[place * PAIR_WORDS] = item
  list.ints[place * PAIR_WORDS + BACK] = back
  return place
}
