import { TREND_HALF_LIVES_MS } from '../items/row.ts'

export const TRENDS = TREND_HALF_LIVES_MS.length

/** A level that lies further below the highest counts as nothing. */
const DEPTH_MAX = 30
/** Shares are kept relative to a level that moves in steps, so that they fit a float and seldom change. */
const STEP = 64

/** Levels are rounded to this part of a halving: what decays between two puts must not seem to fall by the rounding of floats. */
const GRAIN = 2 ** 20

/** Items kept in order per half-life; deeper places are found by the fallback only. */
const BOARD_MAX = 1000

/**
 * The items in order of their decayed counts, for every half-life at once. A counter c at time t with half-life H is kept as log2(c) + t/H: this
 * number does not change as time goes by, so boards need no clock and an event moves one item only.
 */
export class TrendBoard {
  /** TRENDS per item; -Infinity for nothing. */
  levels = new Float64Array(0)
  /** TRENDS per item: 2^level over a base of each half-life, see `perTop`. Right after a `perTop` only. */
  shares = new Float32Array(0)
  private readonly bases = new Float64Array(TRENDS)
  private ranks = new Int32Array(0)
  private items = 0
  private stale = false
  private readonly boards: Int32Array[] = TREND_HALF_LIVES_MS.map(() => new Int32Array(BOARD_MAX))
  private readonly sizes = new Int32Array(TRENDS)
  private readonly ids: readonly string[]

  /** @param ids by item number: the order of equals. */
  constructor(ids: readonly string[]) {
    this.ids = ids
  }

  addItem(): void {
    this.items++
    if (this.items * TRENDS > this.levels.length) {
      const room = Math.max(64, this.items * 2) * TRENDS
      const levels = new Float64Array(room).fill(-Infinity)
      levels.set(this.levels)
      this.levels = levels
      const ranks = new Int32Array(room).fill(-1)
      ranks.set(this.ranks)
      this.ranks = ranks
      const shares = new Float32Array(room)
      shares.set(this.shares)
      this.shares = shares
    }
  }

  /** `trend` as in SideRow, decayed to `at`. */
  put(item: number, trend: readonly number[], at: number): void {
    for (let k = 0; k < TRENDS; k++) {
      const count = trend[k] ?? 0
      const level = Math.log2(count) + at / TREND_HALF_LIVES_MS[k]!
      this.set(k, item, count > 1e-9 ? Math.round(level * GRAIN) / GRAIN : -Infinity)
    }
  }

  /** Item numbers, most wanted first: at most BOARD_MAX of them, valid until the next put. */
  board(k: number): Int32Array {
    if (this.stale) this.rebuild()
    return this.boards[k]!.subarray(0, this.sizes[k]!)
  }

  /** What to multiply shares by so that the item that trends most has 1, for half-life k. */
  perTop(k: number): number {
    const first = this.board(k)[0]
    if (first === undefined) return 0
    const top = this.levels[first * TRENDS + k]!
    const base = Math.floor(top / STEP) * STEP
    if (base !== this.bases[k]) {
      this.bases[k] = base
      for (let item = 0; item < this.items; item++) this.share(k, item)
    }
    return 2 ** (base - top)
  }

  private share(k: number, item: number): void {
    const above = this.levels[item * TRENDS + k]! - this.bases[k]!
    this.shares[item * TRENDS + k] = above < -DEPTH_MAX ? 0 : 2 ** Math.min(above, 2 * STEP)
  }

  private set(k: number, item: number, level: number): void {
    const at = item * TRENDS + k
    const before = this.levels[at]!
    this.levels[at] = level
    this.share(k, item)
    if (this.stale || level === before) return
    if (level < before) {
      if (this.ranks[at]! >= 0) this.stale = true
      return
    }
    this.rise(k, item)
  }

  private rise(k: number, item: number): void {
    const board = this.boards[k]!
    let rank = this.ranks[item * TRENDS + k]!
    if (rank < 0) {
      const size = this.sizes[k]!
      if (size < BOARD_MAX) rank = this.sizes[k]!++
      else {
        const last = board[size - 1]!
        if (!this.isBefore(k, item, last)) return
        this.ranks[last * TRENDS + k] = -1
        rank = size - 1
      }
    }
    while (rank > 0 && this.isBefore(k, item, board[rank - 1]!)) {
      board[rank] = board[rank - 1]!
      this.ranks[board[rank]! * TRENDS + k] = rank
      rank--
    }
    board[rank] = item
    this.ranks[item * TRENDS + k] = rank
  }

  private isBefore(k: number, a: number, b: number): boolean {
    const ahead = this.levels[a * TRENDS + k]! - this.levels[b * TRENDS + k]!
    return ahead > 0 || (ahead === 0 && this.ids[a]! < this.ids[b]!)
  }

  /** Counters that fall are rare (refunds, removed rows): all boards are made anew when next read. */
  private rebuild(): void {
    this.stale = false
    this.ranks.fill(-1)
    this.sizes.fill(0)
    for (let k = 0; k < TRENDS; k++)
      for (let item = 0; item < this.items; item++) {
        const level = this.levels[item * TRENDS + k]!
        if (level > -Infinity) this.rise(k, item)
      }
  }
}
