import { PAIR_HALF_LIFE_MS, type SideRow } from '../items/row.ts'
import { bytesToFloats } from '../maths/bytes.ts'
import type { ItemMeta } from '../types.ts'
import { ContentIndex } from './content-index.ts'
import { PairLists } from './pair-lists.ts'
import { TrendBoard } from './trend-board.ts'

/** Everything a replica holds of the items: numbers them densely and keeps catalogue, pairs, trends and content by number. */
export class ItemSide {
  readonly ids: string[] = []
  readonly metas: (ItemMeta | undefined)[] = []
  readonly rows: (RowFigures | undefined)[] = []
  readonly pairs = new PairLists()
  readonly trends = new TrendBoard()
  readonly content = new ContentIndex()
  /** Numbers of the items in the catalogue by publishedAt, then by arrival; the newest last. */
  readonly arrivals: number[] = []
  private readonly numbers = new Map<string, number>()

  get size(): number {
    return this.ids.length
  }

  find(id: string): number | undefined {
    return this.numbers.get(id)
  }

  numberOf(id: string): number {
    let number = this.numbers.get(id)
    if (number === undefined) {
      number = this.pairs.addItem()
      this.numbers.set(id, number)
      this.ids.push(id)
      this.metas.push(undefined)
      this.rows.push(undefined)
      this.trends.addItem()
    }
    return number
  }

  putItem(meta: ItemMeta): void {
    const item = this.numberOf(meta.id)
    const before = this.metas[item]
    this.metas[item] = meta
    this.content.put(item, meta)
    if (before !== undefined && before.publishedAt === meta.publishedAt) return
    if (before !== undefined) this.arrivals.splice(this.arrivals.indexOf(item), 1)
    let place = this.arrivals.length
    const published = meta.publishedAt ?? -Infinity
    while (place > 0 && (this.metas[this.arrivals[place - 1]!]!.publishedAt ?? -Infinity) > published) place--
    this.arrivals.splice(place, 0, item)
  }

  removeItem(id: string): void {
    const item = this.numbers.get(id)
    if (item === undefined || this.metas[item] === undefined) return
    this.metas[item] = { ...this.metas[item], available: false }
    this.content.remove(item)
  }

  putRow(row: SideRow): void {
    const item = this.numberOf(row.key.slice(2))
    const predecessors = new Int32Array(row.predecessors.length)
    for (let k = 0; k < predecessors.length; k++) predecessors[k] = this.numberOf(row.predecessors[k]!)
    this.pairs.putRow(item, predecessors, bytesToFloats(row.weights))
    this.trends.put(item, row.trend, row.at)
    this.rows[item] = { at: row.at, firstAt: row.firstAt, events: row.events, users: row.users }
  }

  dropRow(key: string): void {
    const item = this.numbers.get(key.slice(2))
    if (item === undefined) return
    this.pairs.putRow(item, new Int32Array(0), new Float32Array(0))
    this.trends.put(item, [], 0)
    this.rows[item] = undefined
  }

  /** False only for what its owner took out of the shop: an item known from events alone may be listed. */
  isAvailable(item: number): boolean {
    return this.metas[item]?.available !== false
  }

  /** What the pair counters of a row are worth now. */
  pairDecay(item: number, now: number): number {
    const at = this.rows[item]?.at ?? now
    return at >= now ? 1 : 2 ** (-(now - at) / PAIR_HALF_LIFE_MS)
  }
}

export interface RowFigures {
  at: number
  firstAt: number
  events: number
  users: number
}
