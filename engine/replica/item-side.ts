import type { SideRow } from '../items/row.ts'
import { bytesToFloats } from '../maths/bytes.ts'
import type { ItemMeta } from '../types.ts'
import { Categories } from './categories.ts'
import { ContentIndex } from './content-index.ts'
import { ItemFigures } from './item-figures.ts'
import { PairLists } from './pair-lists.ts'
import { TrendBoard } from './trend-board.ts'

/** Everything a replica holds of the items: numbers them densely and keeps catalogue, pairs, trends and content by number. */
export class ItemSide {
  readonly ids: string[] = []
  readonly metas: (ItemMeta | undefined)[] = []
  /** 1 for what its owner took out of the shop; an item known from events alone may be listed. */
  unavailable = new Uint8Array(0)
  /** 0 where none is known. */
  prices = new Float64Array(0)
  readonly pairs = new PairLists()
  readonly trends = new TrendBoard()
  readonly content = new ContentIndex()
  readonly figures = new ItemFigures()
  readonly categories = new Categories()
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
      this.trends.addItem()
      this.figures.addItem()
      if (number >= this.prices.length) this.grow(Math.max(64, number * 2))
    }
    return number
  }

  putItem(meta: ItemMeta): void {
    const item = this.numberOf(meta.id)
    const before = this.metas[item]
    this.metas[item] = meta
    this.unavailable[item] = meta.available ? 0 : 1
    this.prices[item] = meta.price !== null && meta.price > 0 ? meta.price : 0
    this.categories.put(item, meta.categories)
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
    this.unavailable[item] = 1
    this.content.remove(item)
  }

  putRow(row: SideRow): void {
    const item = this.numberOf(row.key.slice(2))
    const before = this.pairs.earlier[item]!
    const predecessors = new Int32Array(row.predecessors.length)
    for (let k = 0; k < predecessors.length; k++) {
      const id = row.predecessors[k]!
      predecessors[k] = k < before.length && this.ids[before[k]!] === id ? before[k]! : this.numberOf(id)
    }
    this.pairs.putRow(item, predecessors, bytesToFloats(row.weights))
    this.trends.put(item, row.trend, row.at)
    this.figures.set(item, row)
  }

  dropRow(key: string): void {
    const item = this.numbers.get(key.slice(2))
    if (item === undefined) return
    this.pairs.putRow(item, new Int32Array(0), new Float32Array(0))
    this.trends.put(item, [], 0)
    this.figures.set(item, { at: 0, firstAt: 0, events: 0, users: 0 })
  }

  private grow(room: number): void {
    const unavailable = new Uint8Array(room)
    unavailable.set(this.unavailable)
    this.unavailable = unavailable
    const prices = new Float64Array(room)
    prices.set(this.prices)
    this.prices = prices
  }
}
