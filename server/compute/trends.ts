import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { RankedItem, TrendWindow } from '../../schema/records/ranked-list.ts'
import type { Compute } from './compute.ts'

/** How many places of a trend are kept for filling up lists. */
const places = 1_000
const freshMs = 1_000

interface Board {
  list: readonly RankedItem[]
  readAt: number
  reading: Promise<void> | undefined
}

/**
 * What trends, kept at hand: lists are filled from it without waiting. Read again at most once a second, and only when
 * somebody asks; an answer is at most one reading old.
 */
export class Trends {
  readonly #compute: Compute
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #boards = new Map<TrendWindow, Board>()

  constructor(compute: Compute, clock: Clock, logger: Logger) {
    this.#compute = compute
    this.#clock = clock
    this.#logger = logger
  }

  /** At once where the window was read before (however long ago), else after the first reading. */
  board(window: TrendWindow): readonly RankedItem[] | Promise<readonly RankedItem[]> {
    const board = this.#boardOf(window)
    const age = this.#clock.now() - board.readAt
    if (age < 0 || age >= freshMs) board.reading ??= this.#read(window, board)
    // One that was not asked for in a long time is not served from memory.
    if (board.reading !== undefined && (age < 0 || age > 10 * freshMs)) return board.reading.then(() => board.list)
    return board.list
  }

  async #read(window: TrendWindow, board: Board): Promise<void> {
    try {
      board.list = await this.#compute.trending(window, { limit: places, exclude: [], filter: null })
      board.readAt = this.#clock.now()
    } catch (error) {
      this.#logger.warn({ window, reason: messageOf(error) }, 'trends could not be read')
    } finally {
      board.reading = undefined
    }
  }

  #boardOf(window: TrendWindow): Board {
    let board = this.#boards.get(window)
    if (!board) this.#boards.set(window, (board = { list: [], readAt: Number.NEGATIVE_INFINITY, reading: undefined }))
    return board
  }
}
