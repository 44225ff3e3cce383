import { eraOf, fastHalfLifeMs, type SideRow, slowHalfLifeMs } from '../items/row.ts'
import { enlarged } from '../math/arrays.ts'

/** Floats per item in `multipliers`, and their indexes. */
export const multipliersPerItem = 4
export const multiplierIndex = { slow: 0, fast: 1, cosine: 2, slowCosine: 3 } as const

const newHalfLifeMs = 30 * 24 * 3_600_000

/**
 * A stored pair weight is multiplied by 2^(era of its row) × 2^-(time of the query). The first factor is stored per
 * item, relative to the era of the query, so that it fits a float32. Smaller exponents become 0.
 */
const exponentMin = -126

/** Added to counts in norms, so that rare items do not rank above established ones by chance. */
const shrinkage = 5

/**
 * Per-item statistics and query-time multipliers, computed when a row arrives, not per query.
 */
export class ItemStats {
  /** Time of the newest and of the first event (0: none), number of events, number of users. */
  lastAt = new Float64Array(0)
  firstAt = new Float64Array(0)
  events = new Float32Array(0)
  users = new Float32Array(0)
  /** 1/(events + shrinkage), by which counts of pairs after the item become a confidence. */
  confidence = new Float32Array(0)
  /**
   * `multipliersPerItem` per item: decay factors of the slow and fast pair counters, to be multiplied by `slowNow` and
   * `fastNow`; 1/√(users + shrinkage), the cosine norm; slow × cosine.
   */
  multipliers = new Float32Array(0)
  /** Novelty, to be multiplied by `newNow`: 1 for a first event at query time, halved per 30 days of age. */
  newness = new Float32Array(0)
  slowNow = 1
  fastNow = 1
  newNow = 1
  private era = 0
  private readonly most: { events: number | null; lastAt: number | null } = { events: 0, lastAt: 0 }
  private size = 0
  private readonly changed: number[] = []
  private isChanged = new Uint8Array(0)

  addItem(): void {
    const item = this.size++
    if (item >= this.lastAt.length) this.grow(Math.max(64, item * 2))
    this.set(item, noEvents)
  }

  set(item: number, row: Pick<SideRow, 'lastAt' | 'firstAt' | 'events' | 'users'>): void {
    this.most.events = raised(this.most.events, this.events[item]!, row.events)
    this.most.lastAt = raised(this.most.lastAt, this.lastAt[item]!, row.lastAt)
    this.lastAt[item] = row.lastAt
    this.firstAt[item] = row.firstAt
    this.events[item] = row.events
    this.users[item] = row.users
    this.confidence[item] = 1 / (row.events + shrinkage)
    this.updateMultipliers(item)
  }

  /** Maximum number of events of one item. */
  get eventsMax(): number {
    return (this.most.events ??= greatest(this.events))
  }

  /** Time of the newest event. */
  get newestAt(): number {
    return (this.most.lastAt ??= greatest(this.lastAt))
  }

  /** Sets the query time. O(1) within one era, O(items) when the era changes. */
  setTime(now: number): void {
    const era = eraOf(now)
    if (era !== this.era) {
      this.era = era
      for (let item = 0; item < this.size; item++) this.updateMultipliers(item)
    }
    const since = now - era
    this.slowNow = 2 ** (-since / slowHalfLifeMs)
    this.fastNow = 2 ** (-since / fastHalfLifeMs)
    this.newNow = 2 ** (-since / newHalfLifeMs)
  }

  /** Updates a copy of `multipliers`: the items changed since the last call, or all. */
  copyMultipliers(all: boolean, to: Float32Array): void {
    const { multipliers, changed, isChanged } = this
    if (all) to.set(multipliers.subarray(0, this.size * multipliersPerItem))
    for (const item of changed) {
      for (let at = item * multipliersPerItem, end = at + multipliersPerItem; at < end; at++) to[at] = multipliers[at]!
      isChanged[item] = 0
    }
    changed.length = 0
  }

  private updateMultipliers(item: number): void {
    const { multipliers } = this
    if (this.isChanged[item] === 0) {
      this.isChanged[item] = 1
      this.changed.push(item)
    }
    const to = item * multipliersPerItem
    const since = eraOf(this.lastAt[item]!) - this.era
    const cosine = 1 / Math.sqrt(this.users[item]! + shrinkage)
    const slow = power(since / slowHalfLifeMs)
    multipliers[to + multiplierIndex.slow] = slow
    multipliers[to + multiplierIndex.fast] = power(since / fastHalfLifeMs)
    multipliers[to + multiplierIndex.cosine] = cosine
    multipliers[to + multiplierIndex.slowCosine] = slow * cosine
    this.newness[item] = power((this.firstAt[item]! - this.era) / newHalfLifeMs)
  }

  private grow(room: number): void {
    this.lastAt = enlarged(new Float64Array(room), this.lastAt)
    this.firstAt = enlarged(new Float64Array(room), this.firstAt)
    this.events = enlarged(new Float32Array(room), this.events)
    this.users = enlarged(new Float32Array(room), this.users)
    this.confidence = enlarged(new Float32Array(room), this.confidence)
    this.multipliers = enlarged(new Float32Array(room * multipliersPerItem), this.multipliers)
    this.isChanged = enlarged(new Uint8Array(room), this.isChanged)
    this.newness = enlarged(new Float32Array(room), this.newness)
  }
}

const noEvents = { lastAt: 0, firstAt: 0, events: 0, users: 0 }

/** Updates a maximum after one value changed. Null if it must be recomputed from all values. */
function raised(most: number | null, before: number, after: number): number | null {
  if (most === null || after >= most) return most === null ? null : after
  return before === most && before !== after ? null : most
}

function greatest(values: Float32Array | Float64Array): number {
  let most = 0
  for (const value of values) if (value > most) most = value
  return most
}

function power(exponent: number): number {
  return exponent < exponentMin ? 0 : 2 ** Math.min(exponent, -exponentMin)
}
