import type { Clock } from '../../platform/ports/clock.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { actedAt } from '../../schema/records/headers.ts'

type VectorRecord = Pick<StoredRecord, 'key' | 'headers'>

interface Ranked {
  /** Value of its header. */
  readonly acted: number
  /** Time by the runner's clock, ms. */
  readonly at: number
}

/** Minimum time between a user's last list and one for new impressions alone. */
export const impressionIntervalMs = 1_000

/**
 * Maximum users of the last `impressionIntervalMs` whose last list is recorded; about 150 bytes each. For a user that
 * was evicted, the next impression makes a list at once.
 */
const usersMax = 50_000

/**
 * Delays vectors in which only impressions are new, so that a visitor who scrolls does not cause a list for every batch
 * of impressions. A vector with any other new event is never delayed.
 */
export class ImpressionPace {
  /** In the order in which the lists were made. */
  private readonly newest = new Map<string, Ranked>()

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly max = usersMax,
  ) {}

  /** Number of recorded users. */
  get size(): number {
    return this.newest.size
  }

  holds({ key, headers }: VectorRecord): boolean {
    const acted = actedAt(headers)
    const known = this.newest.get(key)
    if (acted === undefined || known === undefined || acted > known.acted) return false
    const waitedMs = this.clock.now() - known.at
    return waitedMs >= 0 && waitedMs < impressionIntervalMs
  }

  /** Records that lists were made of these vectors. */
  ranked(records: readonly VectorRecord[]): void {
    const at = this.clock.now()
    for (const { key, headers } of records) {
      this.newest.delete(key)
      this.newest.set(key, { acted: actedAt(headers) ?? -1, at })
    }
    for (const [key, ranked] of this.newest) {
      if (this.newest.size <= this.max && at - ranked.at < impressionIntervalMs) break
      this.newest.delete(key)
    }
  }
}
