import { pairColumns, type SideRow, sharedPredecessors } from '../items/row.ts'
import { enlarged } from '../math/arrays.ts'
import { bytesToFloats } from '../math/bytes.ts'
import type { ItemMeta } from '../types.ts'
import { Arrivals } from './arrivals.ts'
import { Categories } from './categories.ts'
import { ContentIndex } from './content-index.ts'
import { ItemStats } from './item-stats.ts'
import { PairLists } from './pair-lists.ts'
import { TrendBoard } from './trend-board.ts'

/**
 * A replica's data about items: assigns dense item numbers and holds catalog, pairs, trends and content by number.
 */
export class ItemSide {
  readonly ids: string[] = []
  readonly metas: (ItemMeta | undefined)[] = []
  /** 1 for items marked as unavailable, 2 for items with an availability window. Items known only from events: 0. */
  private unavailable = new Uint8Array(0)
  /** Group number per item; 0 for none. Variants of one product share it. */
  groups = new Int32Array(0)
  private readonly groupNumbers = new Map<string, number>()
  /** Price per item; 0 if unknown. */
  prices = new Float64Array(0)
  readonly pairs = new PairLists(this.ids)
  readonly trends = new TrendBoard(this.ids)
  readonly content: ContentIndex
  readonly stats = new ItemStats()
  readonly categories = new Categories()
  /**
   * Catalog items, newest first, then those without a date, then items known only from events.
   */
  readonly arrivals: Arrivals
  private readonly numbers = new Map<string, number>()
  /** Publication time per item: `undated` without a date, -Infinity if not in the catalog. */
  private dates = new Float64Array(0)
  private isListed = new Uint8Array(0)

  /** @param pairUsersMin minimum distinct users with a pair before it is read: 1 or 2. Default: 1 */
  constructor(private readonly pairUsersMin = 1) {
    const isNewer = (a: number, b: number) =>
      this.dates[a]! > this.dates[b]! || (this.dates[a] === this.dates[b] && this.ids[a]! < this.ids[b]!)
    this.arrivals = new Arrivals(isNewer)
    this.content = new ContentIndex(isNewer)
  }

  get size(): number {
    return this.ids.length
  }

  find(id: string): number | undefined {
    return this.numbers.get(id)
  }

  /** Returns the number of an item; an unknown id gets the next number. */
  numberOf(id: string): number {
    let number = this.numbers.get(id)
    if (number === undefined) {
      number = this.pairs.addItem()
      this.numbers.set(id, number)
      this.ids.push(id)
      this.metas.push(undefined)
      this.trends.addItem()
      this.stats.addItem()
      if (number >= this.prices.length) this.grow(Math.max(64, number * 2))
    }
    return number
  }

  putItem(meta: ItemMeta): void {
    const item = this.numberOf(meta.id)
    const before = this.metas[item]
    const dated = meta.publishedAt ?? undated
    if (before === undefined || this.dates[item] !== dated) {
      this.content.remove(item)
      this.unlist(item)
      this.dates[item] = dated
      this.list(item)
    }
    this.metas[item] = meta
    const isWindowed = meta.availableFrom != null || meta.availableUntil != null
    this.unavailable[item] = !meta.available ? 1 : isWindowed ? 2 : 0
    this.prices[item] = meta.price !== null && meta.price > 0 ? meta.price : 0
    this.groups[item] = meta.groupId == null ? 0 : this.groupNumber(meta.groupId)
    this.categories.put(item, meta.categories)
    this.content.put(item, meta)
  }

  removeItem(id: string): void {
    const item = this.numbers.get(id)
    if (item === undefined || this.metas[item] === undefined) return
    this.metas[item] = { ...this.metas[item], available: false }
    this.unavailable[item] = 1
    this.content.remove(item)
  }

  /** Replaces what is known from events about an item. */
  putRow(row: SideRow): void {
    const item = this.numberOf(row.key.slice(2))
    const before = this.pairs.earlier(item)
    const predecessors = new Int32Array(this.pairUsersMin > 1 ? sharedPredecessors(row) : row.predecessors.length)
    for (let k = 0; k < predecessors.length; k++) {
      const id = row.predecessors[k]!
      predecessors[k] = k < before.length && this.ids[before[k]!] === id ? before[k]! : this.numberOf(id)
    }
    this.pairs.putRow(
      item,
      predecessors,
      bytesToFloats(row.weights).subarray(0, predecessors.length * pairColumns),
      row.lastAt,
    )
    this.trends.put(item, row.trend, row.lastAt)
    this.stats.set(item, row)
    this.list(item)
  }

  dropRow(key: string): void {
    const item = this.numbers.get(key.slice(2))
    if (item === undefined) return
    this.pairs.putRow(item, new Int32Array(0), new Float32Array(0), 0)
    this.trends.put(item, [], 0)
    this.stats.set(item, { lastAt: 0, firstAt: 0, events: 0, users: 0 })
    if (this.metas[item] === undefined) this.unlist(item)
  }

  get hasGroups(): boolean {
    return this.groupNumbers.size > 0
  }

  private groupNumber(id: string): number {
    let number = this.groupNumbers.get(id)
    if (number === undefined) this.groupNumbers.set(id, (number = this.groupNumbers.size + 1))
    return number
  }

  /** Whether the item may be listed at a time, ms since 1970. */
  isAvailableAt(item: number, time: number): boolean {
    const state = this.unavailable[item]!
    if (state !== 2) return state === 0
    const { availableFrom, availableUntil } = this.metas[item]!
    return (availableFrom == null || availableFrom <= time) && (availableUntil == null || time < availableUntil)
  }

  private list(item: number): void {
    if (this.isListed[item] === 1) return
    this.isListed[item] = 1
    this.arrivals.add(item)
  }

  private unlist(item: number): void {
    if (this.isListed[item] === 0) return
    this.isListed[item] = 0
    this.arrivals.remove(item)
  }

  private grow(room: number): void {
    this.unavailable = enlarged(new Uint8Array(room), this.unavailable)
    this.isListed = enlarged(new Uint8Array(room), this.isListed)
    this.groups = enlarged(new Int32Array(room), this.groups)
    this.prices = enlarged(new Float64Array(room), this.prices)
    this.dates = enlarged(new Float64Array(room).fill(-Infinity), this.dates)
  }
}

const undated = -Number.MAX_VALUE
