import { FRESH_HALF_LIFE_MS, PAIR_HALF_LIFE_MS, type SideRow } from '../items/row.ts'
import { bytesToFloats } from '../maths/bytes.ts'
import type { ItemMeta } from '../types.ts'
import { ContentIndex } from './content-index.ts'
import { PairLists } from './pair-lists.ts'
import { TrendBoard } from './trend-board.ts'

/** Everything a replica holds of the items: numbers them densely and keeps catalogue, pairs, trends and content by number. */
export class ItemSide {
  readonly ids: string[] = []
  readonly metas: (ItemMeta | undefined)[] = []
  /** Per item: newest and first event (0: none yet), events, users. */
  at = new Float64Array(0)
  firstAt = new Float64Array(0)
  events = new Float32Array(0)
  users = new Float32Array(0)
  /** 1/(events + DOUBT) and 1/√(users + DOUBT): the norms of confidence and cosine, shrunk so that rare items do not outdo proven ones by chance. */
  confidence = new Float32Array(0)
  cosine = new Float32Array(0)
  /** What the slow and the fast pair counters of a row are worth at the time of the last `setTime`. */
  slow = new Float32Array(0)
  fast = new Float32Array(0)
  /** Events of the item that has most. */
  eventsMax = 0
  /** 1 for what its owner took out of the shop; an item known from events alone may be listed. */
  unavailable = new Uint8Array(0)
  private hour = -Infinity
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
      this.trends.addItem()
      if (number >= this.at.length) this.grow(Math.max(64, number * 2))
    }
    return number
  }

  putItem(meta: ItemMeta): void {
    const item = this.numberOf(meta.id)
    const before = this.metas[item]
    this.metas[item] = meta
    this.unavailable[item] = meta.available ? 0 : 1
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
    this.setFigures(item, row)
  }

  dropRow(key: string): void {
    const item = this.numbers.get(key.slice(2))
    if (item === undefined) return
    this.pairs.putRow(item, new Int32Array(0), new Float32Array(0))
    this.trends.put(item, [], 0)
    this.setFigures(item, { at: 0, firstAt: 0, events: 0, users: 0 })
  }

  /** Brings the decays of pair counters to the hour of `now`; cheap within one hour. */
  setTime(now: number): void {
    const hour = Math.floor(now / HOUR)
    if (hour === this.hour) return
    this.hour = hour
    for (let item = 0; item < this.size; item++) this.setDecay(item)
  }

  private setFigures(item: number, row: Pick<SideRow, 'at' | 'firstAt' | 'events' | 'users'>): void {
    this.at[item] = row.at
    this.firstAt[item] = row.firstAt
    this.events[item] = row.events
    if (row.events > this.eventsMax) this.eventsMax = row.events
    this.users[item] = row.users
    this.confidence[item] = 1 / (row.events + DOUBT)
    this.cosine[item] = 1 / Math.sqrt(row.users + DOUBT)
    this.setDecay(item)
  }

  private setDecay(item: number): void {
    const age = Math.max(0, this.hour * HOUR - this.at[item]!)
    this.slow[item] = Number.isFinite(age) ? 2 ** (-age / PAIR_HALF_LIFE_MS) : 1
    this.fast[item] = Number.isFinite(age) ? 2 ** (-age / FRESH_HALF_LIFE_MS) : 1
  }

  private grow(room: number): void {
    const wider = <T extends Float64Array | Float32Array | Uint8Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    this.at = wider(new Float64Array(room), this.at)
    this.firstAt = wider(new Float64Array(room), this.firstAt)
    this.events = wider(new Float32Array(room), this.events)
    this.users = wider(new Float32Array(room), this.users)
    this.confidence = wider(new Float32Array(room).fill(1 / DOUBT), this.confidence)
    this.cosine = wider(new Float32Array(room).fill(1 / Math.sqrt(DOUBT)), this.cosine)
    this.slow = wider(new Float32Array(room).fill(1), this.slow)
    this.unavailable = wider(new Uint8Array(room), this.unavailable)
    this.fast = wider(new Float32Array(room).fill(1), this.fast)
  }
}

const HOUR = 3_600_000
const DOUBT = 5
