import { trendHalfLivesMs } from '../items/row.ts'

export const trendCount = trendHalfLivesMs.length

/** A level that lies further below the highest counts as nothing. */
const levelDepthMax = 30
/** Shares are kept relative to a level that moves in steps, so that they fit a float and seldom change. */
const baseStep = 64

/**
 * Levels are rounded to this part of a halving: what decays between two puts must not seem to fall by the rounding of
 * floats.
 */
const levelsPerHalving = 2 ** 20

/** Items kept in order per half-life; deeper places are found by the fallback only. */
const boardItemsMax = 1000

/**
 * The items in order of their decayed counts, for every half-life at once. A counter c at time t with half-life H is
 * kept as log2(c) + t/H: this number does not change as time goes by, so boards need no clock and an event moves one
 * item only.
 */
export class TrendBoard {
  /** TRENDS per item; -Infinity for nothing. */
  levels = new Float64Array(0)
  /** TRENDS per item: 2^level over a base of each half-life, see `perTop`. Right after a `perTop` only. */
  shares = new Float32Array(0)
  private readonly bases = new Float64Array(trendCount)
  private ranks = new Int32Array(0)
  private items = 0
  private stale = false
  private readonly boards: Int32Array[] = trendHalfLivesMs.map(() => new Int32Array(boardItemsMax))
  private readonly sizes = new Int32Array(trendCount)
  private readonly ids: readonly string[]

  /** @param ids by item number: the order of equals. */
  constructor(ids: readonly string[]) {
    this.ids = ids
  }

  addItem(): void {
    this.items++
    if (this.items * trendCount > this.levels.length) {
      const room = Math.max(64, this.items * 2) * trendCount
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
    for (let k = 0; k < trendCount; k++) {
      const count = trend[k] ?? 0
      const level = Math.log2(count) + at / trendHalfLivesMs[k]!
      this.set(k, item, count > 1e-9 ? Math.round(level * levelsPerHalving) / levelsPerHalving : -Infinity)
    }
  }

  /** Item numbers, most wanted first: at most boardItemsMax of them, valid until the next put. */
  board(k: number): Int32Array {
    if (this.stale) this.rebuild()
    return this.boards[k]!.subarray(0, this.sizes[k]!)
  }

  /** What to multiply shares by so that the item that trends most has 1, for half-life k. */
  perTop(k: number): number {
    const first = this.board(k)[0]
    if (first === undefined) return 0
    const top = this.levels[first * trendCount + k]!
    const base = Math.floor(top / baseStep) * baseStep
    if (base !== this.bases[k]) {
      this.bases[k] = base
      for (let item = 0; item < this.items; item++) this.share(k, item)
    }
    return 2 ** (base - top)
  }

  private share(k: number, item: number): void {
    const above = this.levels[item * trendCount + k]! - this.bases[k]!
    this.shares[item * trendCount + k] = above < -levelDepthMax ? 0 : 2 ** Math.min(above, 2 * baseStep)
  }

  private set(k: number, item: number, level: number): void {
    const at = item * trendCount + k
    const before = this.levels[at]!
    this.levels[at] = level
    this.share(k, item)
    if (this.stale || level === before) return
    if (level < before) {
      if (this.ranks[at]! >= 0) this.stale = true
      return
    }
    this.moveUp(k, item)
  }

  private moveUp(k: number, item: number): void {
    const board = this.boards[k]!
    let rank = this.ranks[item * trendCount + k]!
    if (rank < 0) {
      const size = this.sizes[k]!
      if (size < boardItemsMax) rank = this.sizes[k]!++
      else {
        const last = board[size - 1]!
        if (!this.isBefore(k, item, last)) return
        this.ranks[last * trendCount + k] = -1
        rank = size - 1
      }
    }
    while (rank > 0 && this.isBefore(k, item, board[rank - 1]!)) {
      board[rank] = board[rank - 1]!
      this.ranks[board[rank]! * trendCount + k] = rank
      rank--
    }
    board[rank] = item
    this.ranks[item * trendCount + k] = rank
  }

  private isBefore(k: number, a: number, b: number): boolean {
    const ahead = this.levels[a * trendCount + k]! - this.levels[b * trendCount + k]!
    return ahead > 0 || (ahead === 0 && this.ids[a]! < this.ids[b]!)
  }

  /** Counters that fall are rare (refunds, removed rows): all boards are made anew when next read. */
  private rebuild(): void {
    this.stale = false
    this.ranks.fill(-1)
    this.sizes.fill(0)
    for (let k = 0; k < trendCount; k++)
      for (let item = 0; item < this.items; item++) {
        const level = this.levels[item * trendCount + k]!
        if (level > -Infinity) this.moveUp(k, item)
      }
  }
}
