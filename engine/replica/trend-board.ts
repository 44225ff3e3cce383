import { trendHalfLivesMs } from '../items/trends.ts'

export const trendCount = trendHalfLivesMs.length

/** Shares of levels further below the base level than this, in halvings, are 0. */
const levelDepthMax = 30
/**
 * Shares are stored relative to a base level that moves in steps of this size, so that they fit a float32 and rarely
 * change.
 */
const baseStep = 64

/**
 * Resolution of levels per halving. Levels are rounded, so that float errors do not make a counter that only decays
 * appear to fall.
 */
const levelsPerHalving = 2 ** 20

/** Maximum ranked items per half-life. */
const boardItemsMax = 1000

/**
 * Items ranked by their decayed counts, for every half-life. A counter c at time t with half-life H is stored as
 * log2(c) + t/H. This value does not change over time, so boards need no clock and an event moves only one item.
 */
export class TrendBoard {
  /** `trendCount` per item; -Infinity for a count of 0. */
  levels = new Float64Array(0)
  /** `trendCount` per item: 2^(level - base). Valid only right after `perTop`. */
  shares = new Float32Array(0)
  private readonly bases = new Float64Array(trendCount)
  private items = 0
  private stale = false
  private readonly boards: Int32Array[] = trendHalfLivesMs.map(() => new Int32Array(boardItemsMax))
  private readonly sizes = new Int32Array(trendCount)

  /** @param ids by item number, for ties. */
  constructor(private readonly ids: readonly string[]) {}

  addItem(): void {
    this.items++
    if (this.items * trendCount > this.levels.length) {
      const room = Math.max(64, this.items * 2) * trendCount
      const levels = new Float64Array(room).fill(-Infinity)
      levels.set(this.levels)
      this.levels = levels
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

  /** Returns item numbers by decreasing count, at most `boardItemsMax`. Valid until the next put. */
  board(k: number): Int32Array {
    if (this.stale) this.rebuild()
    return this.boards[k]!.subarray(0, this.sizes[k]!)
  }

  /** Returns the factor that scales the share of the top item to 1, for half-life k. */
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
    if (level === before) return
    const rank = this.stale ? -1 : this.rankOf(k, item)
    this.levels[at] = level
    this.share(k, item)
    if (this.stale) return
    if (level > before) this.moveUp(k, item, rank)
    else if (rank >= 0) this.stale = true
  }

  /** Rank of an item whose level is the one it was placed by; -1 where it is not on the board. */
  private rankOf(k: number, item: number): number {
    if (this.levels[item * trendCount + k] === -Infinity) return -1
    const rank = this.firstNotBefore(k, item, this.sizes[k]!)
    return rank < this.sizes[k]! && this.boards[k]![rank] === item ? rank : -1
  }

  /**
   * Places an item that rose. Boards are strictly ordered (level, then id), so its new rank is found by binary search
   * and the items in between move by one.
   *
   * @param rank its present rank; -1 if it is not on the board
   */
  private moveUp(k: number, item: number, rank: number): void {
    const board = this.boards[k]!
    const size = this.sizes[k]!
    const target = this.firstNotBefore(k, item, rank < 0 ? size : rank)
    if (target >= boardItemsMax) return
    if (rank < 0 && size < boardItemsMax) this.sizes[k]!++
    board.copyWithin(target + 1, target, rank >= 0 ? rank : Math.min(size, boardItemsMax - 1))
    board[target] = item
  }

  /** The first rank below `end` whose item is not before `item`; `end` if there is none. */
  private firstNotBefore(k: number, item: number, end: number): number {
    const board = this.boards[k]!
    let low = 0
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.isBefore(k, board[middle]!, item)) low = middle + 1
      else high = middle
    }
    return low
  }

  private isBefore(k: number, a: number, b: number): boolean {
    const ahead = this.levels[a * trendCount + k]! - this.levels[b * trendCount + k]!
    return ahead > 0 || (ahead === 0 && this.ids[a]! < this.ids[b]!)
  }

  /** Falling counters are rare (refunds, removed rows): all boards are rebuilt at the next read. */
  private rebuild(): void {
    this.stale = false
    this.sizes.fill(0)
    for (let k = 0; k < trendCount; k++)
      for (let item = 0; item < this.items; item++) {
        const level = this.levels[item * trendCount + k]!
        if (level > -Infinity) this.moveUp(k, item, -1)
      }
  }
}
