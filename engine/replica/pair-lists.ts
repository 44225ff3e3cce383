import { PAIR_COLUMNS } from '../items/row.ts'

const NONE = new Int32Array(0)

/**
 * A sparse matrix of item pairs that arrives by columns (an item's row says what came *before* it) and is read by rows (what comes *after* an item).
 * Each pair stands once with its weights in the list of the earlier item; the later item knows where, so that a new row is merged in time
 * proportional to its own length. Takes 12 + 4·PAIR_COLUMNS bytes per pair, lists growing by half.
 */
export class PairLists {
  /** Per earlier item: the later items, their weights (PAIR_COLUMNS each), and the pair's place in the later item's row. */
  readonly later: Int32Array[] = []
  readonly weights: Float32Array[] = []
  readonly counts: number[] = []
  /** Per later item: the earlier items in the order of its row, and where the pair stands in their lists. */
  readonly earlier: Int32Array[] = []
  readonly places: Int32Array[] = []
  private readonly backs: Int32Array[] = []

  /** Makes room for one more item and returns its number. */
  addItem(): number {
    this.later.push(NONE)
    this.weights.push(new Float32Array(0))
    this.backs.push(NONE)
    this.earlier.push(NONE)
    this.places.push(NONE)
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
    for (let k = 0; k < predecessors.length; k++) {
      const source = predecessors[k]!
      if (k < before.length && before[k] === source) {
        this.write(source, places[k]!, weights, k)
        continue
      }
      if (k < before.length) this.remove(before[k]!, places[k]!)
      places[k] = this.insert(source, item, k)
      this.write(source, places[k]!, weights, k)
    }
  }

  private write(source: number, place: number, weights: Float32Array, k: number): void {
    const target = this.weights[source]!
    for (let c = 0; c < PAIR_COLUMNS; c++) target[place * PAIR_COLUMNS + c] = weights[k * PAIR_COLUMNS + c]!
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
