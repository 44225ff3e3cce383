import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import type { PicksTail } from '../push/picks-tail.ts'
import type { PicksEntry } from './picks-cache.ts'

interface Deps {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
  readonly tail: PicksTail
  /** A list ranked longer ago than this, in the log's time, is made anew before it is shown. 0: never. */
  readonly staleMinutes: number
}

/** How long a reader waits for the fresh list; then the one there is must do. */
const waitMsMax = 500
/** Refreshes under way at once; beyond, lists are shown as they are. */
const underWayMax = 200

/**
 * Visitors who come back: what trended when their list was made has passed, and a new visit is no continuation of the
 * last one. Their list is asked for anew through the log, as any change is, and the first reader waits a moment for it.
 */
export class Returning {
  readonly #deps: Deps
  readonly #underWay = new Map<string, Promise<PicksEntry | undefined>>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  isStale({ picks }: PicksEntry): boolean {
    const { staleMinutes, tail } = this.#deps
    return staleMinutes > 0 && picks !== undefined && tail.logTime - picks.rankedAt > staleMinutes * 60_000
  }

  /** The fresh list, or the one given where none came in time. */
  async refreshed(userId: string, entry: PicksEntry): Promise<PicksEntry> {
    const known = this.#underWay.get(userId)
    if (known) return (await known) ?? entry
    if (this.#underWay.size >= underWayMax) return entry
    const refresh = this.#refresh(userId, entry).finally(() => this.#underWay.delete(userId))
    this.#underWay.set(userId, refresh)
    return (await refresh) ?? entry
  }

  async #refresh(userId: string, entry: PicksEntry): Promise<PicksEntry | undefined> {
    const { log, clock, logger, tail } = this.#deps
    const patience = new AbortController()
    let stop = () => {}
    try {
      const fresh = new Promise<PicksEntry>((resolve) => {
        stop = tail.listen(userId, (newer) => {
          if (newer.writtenAt > entry.writtenAt) resolve(newer)
        })
      })
      const headers = { born: String(clock.now()) }
      const value = encodeInteraction({ v: 1, kind: 'refresh', userId })
      await log.append(topics.interactions, [{ key: userId, value, headers }])
      return (await Promise.race([fresh, clock.sleep(waitMsMax, patience.signal)])) ?? undefined
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'a list could not be refreshed')
      return undefined
    } finally {
      patience.abort()
      stop()
    }
  }
}
