import { LRUCache } from 'lru-cache'
import { atMost } from '../../platform/at-most.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { userHash } from '../../schema/causal-token.ts'
import { encodeWatched, watchedMs } from '../../schema/records/watched.ts'
import { topics } from '../../schema/topics.ts'

interface Parts {
  readonly log: Pick<EventLog, 'append'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Users that were announced recently and are not announced again with every read. */
const rememberedMax = 100_000
/** A user is announced again after half of the time for which an announcement is valid. */
const againMs = watchedMs / 2
/** Users noted within this time are announced in one record. */
const gatherMs = 20
/** Maximum users in one record. Others are not announced: ranking them first is not guaranteed. */
const usersMax = 20_000

/**
 * Announces to the recommend stages, over topic watched-users, whose list is open or was just read. Lists of these
 * users are ranked first.
 */
export class WatchedAnnouncer {
  private readonly announced = new LRUCache<string, number>(atMost(rememberedMax))
  private hashes: string[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly parts: Parts) {}

  note(userId: string): void {
    const now = this.parts.clock.now()
    if (now - (this.announced.get(userId) ?? Number.NEGATIVE_INFINITY) < againMs) return
    if (this.hashes.length >= usersMax) return
    this.announced.set(userId, now)
    this.hashes.push(userHash(userId))
    this.timer ??= setTimeout(() => {
      this.announce().catch((error) => this.warn(error))
    }, gatherMs)
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private async announce(): Promise<void> {
    const { log } = this.parts
    const value = encodeWatched(this.hashes)
    this.hashes = []
    this.timer = undefined
    try {
      await log.append(topics.watched, [{ key: '', value }])
    } catch (error) {
      this.warn(error)
    }
  }

  /** Not announced: their lists are ranked in the usual order. */
  private warn(error: unknown): void {
    this.parts.logger.debug({ reason: messageOf(error) }, 'watched users could not be announced')
  }
}
