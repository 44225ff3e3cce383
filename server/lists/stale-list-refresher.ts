import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { originHeaders } from '../../schema/records/headers.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import type { ListEntry } from './list-cache.ts'
import type { ListTail } from './list-tail.ts'

interface Deps {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
  readonly listTail: ListTail
  /** Lists ranked longer ago than this, by the log's time, are refreshed before they are returned. 0: never. */
  readonly staleMinutes: number
}

/** Maximum wait for the fresh list; then the stale one is returned. */
const waitMsMax = 500
/** Maximum concurrent refreshes; further stale lists are returned as they are. */
const inFlightMax = 200

/**
 * Refreshes the lists of returning visitors: the trends in their list are outdated, and a new visit rarely continues
 * the last one. Requests a new list through the log, as for any change, and lets readers wait up to 500 ms for it.
 */
export class StaleListRefresher {
  private readonly inFlight = new Map<string, Promise<ListEntry | undefined>>()

  constructor(private readonly deps: Deps) {}

  /** Returns the entry, or where it is stale the fresh one if it arrives in time. Does not reject. */
  refresh(userId: string, entry: ListEntry): ListEntry | Promise<ListEntry> {
    const { staleMinutes, listTail } = this.deps
    const { list } = entry
    const isStale = staleMinutes > 0 && list !== undefined && listTail.logTime - list.rankedAt > staleMinutes * 60_000
    return isStale ? this.freshList(userId, entry) : entry
  }

  /** For callers that listen to the user's list: the fresh one reaches them like any newer list. */
  refreshInBackground(userId: string, entry: ListEntry): void {
    Promise.resolve(this.refresh(userId, entry)).catch((error: unknown) => {
      this.deps.logger.warn({ reason: messageOf(error) }, 'a watched list could not be refreshed; the stored one stays')
    })
  }

  private async freshList(userId: string, entry: ListEntry): Promise<ListEntry> {
    const known = this.inFlight.get(userId)
    if (known) return (await known) ?? entry
    if (this.inFlight.size >= inFlightMax) return entry
    const refresh = this.requestList(userId, entry).finally(() => this.inFlight.delete(userId))
    this.inFlight.set(userId, refresh)
    return (await refresh) ?? entry
  }

  private async requestList(userId: string, entry: ListEntry): Promise<ListEntry | undefined> {
    const { log, clock, logger, listTail } = this.deps
    const timeout = new AbortController()
    let stop = () => {}
    try {
      const fresh = new Promise<ListEntry>((resolve) => {
        stop = listTail.listen(userId, (newer) => {
          if (newer.revision > entry.revision) resolve(newer)
        })
      })
      const headers = originHeaders(clock.now())
      const value = encodeInteraction({ v: 1, kind: 'refresh', userId })
      await log.append(topics.interactions, [{ key: userId, value, headers }])
      return (await Promise.race([fresh, clock.sleep(waitMsMax, timeout.signal)])) ?? undefined
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'a list could not be refreshed; the stored one is returned')
      return undefined
    } finally {
      timeout.abort()
      stop()
    }
  }
}
