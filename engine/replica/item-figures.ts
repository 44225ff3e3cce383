import { eraOf, FRESH_HALF_LIFE_MS, PAIR_HALF_LIFE_MS, type SideRow } from '../items/row.ts'
import { enlarged } from '../maths/arrays.ts'

/** Floats per item in `lifts`, and where each stands. */
export const LIFTS = 4
export const LIFT = { slow: 0, fast: 1, cosine: 2, slowCosine: 3 } as const

const NEW_HALF_LIFE_MS = 30 * 24 * 3_600_000

/** A pair's count is worth 2^(era of its row) × 2^-(time of the query): the first factor is kept per item, counted from the era of the query so that it fits a float. */
const EXPONENT_MIN = -126

/** Below this an item has hardly any; shrinks norms so that rare items do not outdo proven ones by chance. */
const DOUBT = 5

/** What one row says of its item alone, and what queries multiply by, prepared when a row comes instead of when one is asked. */
export class ItemFigures {
  /** Newest and first event (0: none yet), events, users. */
  at = new Float64Array(0)
  firstAt = new Float64Array(0)
  events = new Float32Array(0)
  users = new Float32Array(0)
  /** 1/(events + DOUBT), the norm of confidence. */
  confidence = new Float32Array(0)
  /** LIFTS per item: what slow and fast pair counters of its row are worth, times `slowNow` and `fastNow`; 1/√(users + DOUBT), the norm of the cosine; slow × cosine. */
  lifts = new Float32Array(0)
  /** Times `newNow`: 1 for what was met first at the time of the query, half for a month earlier. */
  newness = new Float32Array(0)
  slowNow = 1
  fastNow = 1
  newNow = 1
  private era = 0
  private readonly most: { events: number | null; at: number | null } = { events: 0, at: 0 }
  private size = 0
  private readonly changed: number[] = []
  private isChanged = new Uint8Array(0)

  addItem(): void {
    const item = this.size++
    if (item >= this.at.length) this.grow(Math.max(64, item * 2))
    this.set(item, NOTHING)
  }

  set(item: number, row: Pick<SideRow, 'at' | 'firstAt' | 'events' | 'users'>): void {
    this.most.events = raised(this.most.events, this.events[item]!, row.events)
    this.most.at = raised(this.most.at, this.at[item]!, row.at)
    this.at[item] = row.at
    this.firstAt[item] = row.firstAt
    this.events[item] = row.events
    this.users[item] = row.users
    this.confidence[item] = 1 / (row.events + DOUBT)
    this.lift(item)
  }

  /** Events of the item that has most. */
  get eventsMax(): number {
    return (this.most.events ??= greatest(this.events))
  }

  /** Time of the newest event. */
  get newestAt(): number {
    return (this.most.at ??= greatest(this.at))
  }

  /** Brings all decays to `now`: cheap, but where it lies years from the time before. */
  setTime(now: number): void {
    const era = eraOf(now)
    if (era !== this.era) {
      this.era = era
      for (let item = 0; item < this.size; item++) this.lift(item)
    }
    const since = now - era
    this.slowNow = 2 ** (-since / PAIR_HALF_LIFE_MS)
    this.fastNow = 2 ** (-since / FRESH_HALF_LIFE_MS)
    this.newNow = 2 ** (-since / NEW_HALF_LIFE_MS)
  }

  /** Brings a copy of `lifts` up to date: with what changed since the last call, or all of it. */
  copyLifts(all: boolean, to: Float32Array): void {
    const { lifts, changed, isChanged } = this
    if (all) to.set(lifts.subarray(0, this.size * LIFTS))
    for (const item of changed) {
      for (let at = item * LIFTS, end = at + LIFTS; at < end; at++) to[at] = lifts[at]!
      isChanged[item] = 0
    }
    changed.length = 0
  }

  private lift(item: number): void {
    const { lifts } = this
    if (this.isChanged[item] === 0) {
      this.isChanged[item] = 1
      this.changed.push(item)
    }
    const to = item * LIFTS
    const since = eraOf(this.at[item]!) - this.era
    const cosine = 1 / Math.sqrt(this.users[item]! + DOUBT)
    const slow = power(since / PAIR_HALF_LIFE_MS)
    lifts[to + LIFT.slow] = slow
    lifts[to + LIFT.fast] = power(since / FRESH_HALF_LIFE_MS)
    lifts[to + LIFT.cosine] = cosine
    lifts[to + LIFT.slowCosine] = slow * cosine
    this.newness[item] = power((this.firstAt[item]! - this.era) / NEW_HALF_LIFE_MS)
  }

  private grow(room: number): void {
    this.at = enlarged(new Float64Array(room), this.at)
    this.firstAt = enlarged(new Float64Array(room), this.firstAt)
    this.events = enlarged(new Float32Array(room), this.events)
    this.users = enlarged(new Float32Array(room), this.users)
    this.confidence = enlarged(new Float32Array(room), this.confidence)
    this.lifts = enlarged(new Float32Array(room * LIFTS), this.lifts)
    this.isChanged = enlarged(new Uint8Array(room), this.isChanged)
    this.newness = enlarged(new Float32Array(room), this.newness)
  }
}

const NOTHING = { at: 0, firstAt: 0, events: 0, users: 0 }

/** The greatest after one value changed; null where only a look at all of them can tell. */
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
  return exponent < EXPONENT_MIN ? 0 : 2 ** Math.min(exponent, -EXPONENT_MIN)
}
