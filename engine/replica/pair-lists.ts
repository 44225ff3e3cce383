import { PAIR, PAIR_COLUMNS } from '../items/row.ts'

const NONE = new Int32Array(0)

/** Pairs per earlier item that a query reads. A list that is longer keeps its strong pairs within its first so many places. */
export const STRONG_MAX = 192
const PROBES = 4

/**
 * A sparse matrix of item pairs that arrives by columns (an item's row says what came *before* it) and is read by rows (what comes *after* an item).
 * Each pair stands once with its weights in the list of the earlier item; the later item knows where, so that a new row is merged in time
 * proportional to its own length. In long lists a pair that grew is compared with some of the first STRONG_MAX, in turn (as the hand of a clock
 * goes), and takes the place of the weakest when it is stronger: what is read stays bounded and nearly the best, without sorting. Takes
 * 16 + 8·PAIR_COLUMNS bytes per pair, lists growing by half.
 */
export class PairLists {
  /** Per earlier item: the later items, their weights (PAIR_COLUMNS each), and the pair's place in the later item's row. */
  readonly later: Int32Array[] = []
  readonly weights: Float32Array[] = []
  readonly counts: number[] = []
  /** Per later item: the earlier items in the order of its row, and where the pair stands in their lists. */
  readonly earlier: Int32Array[] = []
  readonly places: Int32Array[] = []
  /** The later item's row as it came: PAIR_COLUMNS per earlier item, for reading against time. */
  readonly rows: Float32Array[] = []
  private readonly backs: Int32Array[] = []
  private hand = 0

  /** Makes room for one more item and returns its number. */
  addItem(): number {
    this.later.push(NONE)
    this.weights.push(new Float32Array(0))
    this.backs.push(NONE)
    this.earlier.push(NONE)
    this.places.push(NONE)
    this.rows.push(new Float32Array(0))
    return this.counts.push(0) - 1
  }

  /** Replaces all pairs that end in `item`. `weights` holds PAIR_COLUMNS per predecessor. */
  putRow(item: number, predecessors: Int32Array, weights: Float32Array): void {
    const before = this.earlier[item]!
    const places = new Int32Array(predecessors.length)
    places.set(this.places[item]!.subarray(0, predecessors.length))
    for (let k = predecessors.length; k < before.length; k++) this.remove(before[k]!, this.places[item]![k]!)
    this.places[item] = places
    this.earlier[item] = predecessors
    this.rows[item] = weights
    for (let k = 0; k < predecessors.length; k++) {
      const source = predecessors[k]!
      if (k < before.length && before[k] === source) {
        if (this.write(source, places[k]!, weights, k)) this.promote(source, places[k]!)
        continue
      }
      if (k < before.length) this.remove(before[k]!, places[k]!)
      places[k] = this.insert(source, item, k)
      this.write(source, places[k]!, weights, k)
      this.promote(source, places[k]!)
    }
  }

  /** Returns whether the pair grew: a row that only grew older leaves the order as it is. */
  private write(source: number, place: number, weights: Float32Array, k: number): boolean {
    const target = this.weights[source]!
    const grew = weights[k * PAIR_COLUMNS + PAIR.ever]! > target[place * PAIR_COLUMNS + PAIR.ever]!
    for (let c = 0; c < PAIR_COLUMNS; c++) target[place * PAIR_COLUMNS + c] = weights[k * PAIR_COLUMNS + c]!
    return grew
  }

  /** How many pairs of an item's list a query reads. */
  strong(item: number): number {
    return Math.min(STRONG_MAX, this.counts[item]!)
  }

  private promote(source: number, place: number): void {
    if (place < STRONG_MAX) return
    const weights = this.weights[source]!
    let weakest = -1
    let least = strengthAt(weights, place)
    for (let probe = 0; probe < PROBES; probe++) {
      this.hand = (this.hand + 1) % STRONG_MAX
      const strength = strengthAt(weights, this.hand)
      if (strength >= least) continue
      least = strength
      weakest = this.hand
    }
    if (weakest >= 0) this.swap(source, place, weakest)
  }

  private swap(source: number, a: number, b: number): void {
    const later = this.later[source]!
    const backs = this.backs[source]!
    const weights = this.weights[source]!
    const [laterA, backA] = [later[a]!, backs[a]!]
    later[a] = later[b]!
    backs[a] = backs[b]!
    later[b] = laterA
    backs[b] = backA
    for (let c = 0; c < PAIR_COLUMNS; c++) {
      const weight = weights[a * PAIR_COLUMNS + c]!
      weights[a * PAIR_COLUMNS + c] = weights[b * PAIR_COLUMNS + c]!
      weights[b * PAIR_COLUMNS + c] = weight
    }
    this.places[later[a]!]![backs[a]!] = a
    this.places[later[b]!]![backs[b]!] = b
  }

  private insert(source: number, item: number, back: number): number {
    const place = this.counts[source]!++
    if (place >= this.later[source]!.length) this.grow(source, place)
    this.later[source]![place] = item
    this.backs[source]![place] = back
    return place
  }

  /** The last pair of the list moves into the gap. */
  private remove(source: number, place: number): void {
    const last = --this.counts[source]!
    if (place === last) return
    const later = this.later[source]!
    const backs = this.backs[source]!
    later[place] = later[last]!
    backs[place] = backs[last]!
    this.weights[source]!.copyWithin(place * PAIR_COLUMNS, last * PAIR_COLUMNS, (last + 1) * PAIR_COLUMNS)
    this.places[later[place]!]![backs[place]!] = place
  }

  private grow(source: number, used: number): void {
    const room = Math.max(4, used + (used >> 1))
    this.later[source] = enlarged(this.later[source]!, room)
    this.backs[source] = enlarged(this.backs[source]!, room)
    const weights = new Float32Array(room * PAIR_COLUMNS)
    weights.set(this.weights[source]!)
    this.weights[source] = weights
  }
}

function enlarged(values: Int32Array, room: number): Int32Array {
  const next = new Int32Array(room)
  next.set(values)
  return next
}

function strengthAt(weights: Float32Array, place: number): number {
  const at = place * PAIR_COLUMNS
  return 2 * weights[at + PAIR.near]! + weights[at + PAIR.session]! + 0.5 * weights[at + PAIR.ever]!
}
