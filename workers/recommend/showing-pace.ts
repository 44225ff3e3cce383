import type { Clock } from '../../platform/ports/clock.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { actedAt } from '../../schema/records/headers.ts'

type VectorRecord = Pick<StoredRecord, 'key' | 'headers'>

interface Ranked {
  /** What its header said. */
  readonly acted: number
  /** When, by the runner's clock, ms. */
  readonly at: number
}

/** Showings alone make no list of a user sooner than this after the user's last one. */
export const showingIntervalMs = 1_000

/**
 * Users of the last `showingIntervalMs` whose last list is remembered; about 150 bytes each. Of one that falls out the next
 * showing makes a list at once.
 */
const usersMax = 50_000

/**
 * Holds back vectors in which only showings are new, so that a visitor who scrolls does not have a list made for every
 * batch of impressions. A vector with anything else in it is never held.
 */
export class ShowingPace {
  /** In the order in which the lists were made. */
  private readonly newest = new Map<string, Ranked>()

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly max = usersMax,
  ) {}

  /** Users who are remembered. */
  get size(): number {
    return this.newest.size
  }

  holds({ key, headers }: VectorRecord): boolean {
    const acted = actedAt(headers)
    const known = this.newest.get(key)
    if (acted === undefined || known === undefined || acted > known.acted) return false
    const waitedMs = this.clock.now() - known.at
    return waitedMs >= 0 && waitedMs < showingIntervalMs
  }

  /** Lists were made of these. */
  ranked(records: readonly VectorRecord[]): void {
    const at = this.clock.now()
    for (const { key, headers } of records) {
      this.newest.delete(key)
      this.newest.set(key, { acted: actedAt(headers) ?? -1, at })
    }
    for (const [key, ranked] of this.newest) {
      if (this.newest.size <= this.max && at - ranked.at < showingIntervalMs) break
      this.newest.delete(key)
    }
  }
}
