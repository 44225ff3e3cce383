import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { RankedItem, TrendWindow } from '../../schema/records/ranked-list.ts'
import type { RankingService } from './ranking-service.ts'

/** Number of items kept per list, so that filters and excludes leave enough; of groups all items. */
const wanted = { limit: 1_000, exclude: [], filter: null, allVariants: true }
const freshMs = 1_000

type OnWeek = (itemIds: readonly string[]) => void

interface CachedList {
  list: readonly RankedItem[]
  readAt: number
  reading: Promise<void> | undefined
}

/**
 * Cached trends and the list for unknown users, so that answers do not wait for a ranking. Refreshed at most once a
 * second, on demand; an answer is at most one refresh old.
 */
export class Trends {
  private readonly lists = new Map<TrendWindow | 'strangers', CachedList>()

  /** @param onWeek called with the ids of the week's trends, best first, after each refresh */
  constructor(
    private readonly ranking: RankingService,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onWeek: OnWeek = () => {},
  ) {}

  /** Returns synchronously if the window was read before (however long ago), otherwise after the first read. */
  board(window: TrendWindow): readonly RankedItem[] | Promise<readonly RankedItem[]> {
    return this.list(window, () => this.ranking.trending(window, wanted))
  }

  /** The trends of all windows, with the weights that the model has learned from first visits. */
  forUnknownUsers(): readonly RankedItem[] | Promise<readonly RankedItem[]> {
    return this.list('strangers', () => this.ranking.session({ ...wanted, trail: [], now: this.clock.now() }))
  }

  private list(name: TrendWindow | 'strangers', read: () => Promise<readonly RankedItem[]>) {
    const kept = this.cached(name)
    const age = this.clock.now() - kept.readAt
    if (age < 0 || age >= freshMs) kept.reading ??= this.read(name, kept, read)
    // A window that was not requested for a long time is not returned from memory.
    if (kept.reading !== undefined && (age < 0 || age > 10 * freshMs)) return kept.reading.then(() => kept.list)
    return kept.list
  }

  private async read(name: string, kept: CachedList, read: () => Promise<readonly RankedItem[]>): Promise<void> {
    try {
      kept.list = await read()
      kept.readAt = this.clock.now()
      if (name === 'WEEK') this.onWeek(kept.list.map(({ itemId }) => itemId))
    } catch (error) {
      this.logger.warn({ list: name, reason: messageOf(error) }, 'trends could not be read; retrying')
    } finally {
      kept.reading = undefined
    }
  }

  private cached(name: TrendWindow | 'strangers'): CachedList {
    let kept = this.lists.get(name)
    if (!kept) this.lists.set(name, (kept = { list: [], readAt: Number.NEGATIVE_INFINITY, reading: undefined }))
    return kept
  }
}
