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

/** Users announced lately, so as not to announce them again with every read. */
const rememberedMax = 100_000
/** Announced again once half of the time has passed that an announcement holds. */
const againMs = watchedMs / 2
/** What is noted within this time goes in one record. */
const gatherMs = 20
/** Users in one record; beyond, they are left out: that their list comes first is no promise. */
const usersMax = 20_000

/** Tells the recommend stages, over topic watched-users, whose list is open or was just read: these are ranked first. */
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

  /** Not announced: their lists come in their turn. */
  private warn(error: unknown): void {
    this.parts.logger.debug({ reason: messageOf(error) }, 'watched users could not be announced')
  }
}
