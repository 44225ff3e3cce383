import type { Logger } from '../../platform/logger.ts'
import { partitionOf } from '../../platform/partitioner.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog, Following } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { topics } from '../../schema/topics.ts'
import type { FollowedLists } from './current-lists.ts'
import type { ListCache } from './list-cache.ts'
import type { ListTail } from './list-tail.ts'
import type { UnstoredLists } from './unstored-lists.ts'

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
  readonly tail: ListTail
  readonly cache: ListCache
  readonly unstored: UnstoredLists
  /** A partition is released once no user of it was read from the store for this long and none has an open page. Default: 10 minutes. */
  readonly idleMs?: number
}

interface Followed {
  readonly caughtUp: Promise<void>
  /** Undefined until following has begun. */
  following: Following | undefined
  isCaughtUp: boolean
  usedAt: number
  /** Reads in progress. */
  holders: number
}

const idleMsDefault = 600_000

/**
 * Follows only the partitions of topic lists that this server has users of, so that the cost of a server behind a balancer
 * that routes by partition follows its own users. Answers are the same wherever a user's requests arrive: the first read
 * of a user in another partition begins to follow it, and waits until it is read up to its end.
 *
 * Each partition is followed from the sink's committed offset at that time: earlier lists are stored. When a partition is
 * released, everything that is known of its users is dropped first, because nothing keeps it up to date any more.
 */
export class OwnPartitions implements FollowedLists {
  private readonly followed = new Map<number, Followed>()
  private partitions = 0
  /** When idle partitions were last looked for. */
  private checkedAt = 0
  private readonly idleMs: number

  constructor(private readonly parts: Parts) {
    this.idleMs = parts.idleMs ?? idleMsDefault
  }

  async start(): Promise<void> {
    this.partitions = (await this.parts.unstored.start()).length
  }

  ready(userIds: readonly string[]): Promise<void> | undefined {
    const behind = this.of(userIds).filter(({ isCaughtUp }) => !isCaughtUp)
    return behind.length === 0 ? undefined : Promise.all(behind.map(({ caughtUp }) => caughtUp)).then(() => {})
  }

  hold(userIds: readonly string[]): () => void {
    const { clock } = this.parts
    if (clock.now() - this.checkedAt >= this.idleMs / 4) this.releaseIdle(clock.now())
    const held = this.of(userIds)
    for (const followed of held) followed.holders++
    return () => {
      for (const followed of held) {
        followed.holders--
        followed.usedAt = clock.now()
      }
    }
  }

  /** Numbers of the partitions that are followed. */
  get own(): readonly number[] {
    return [...this.followed.keys()].sort((a, b) => a - b)
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.followed.values(), async ({ following }) => following?.stop()))
  }

  /** The partitions of these users, each once; those that are not followed begin to be. */
  private of(userIds: readonly string[]): Followed[] {
    const partitions = new Set(userIds.map((userId) => partitionOf(userId, this.partitions)))
    return Array.from(partitions, (partition) => this.followed.get(partition) ?? this.follow(partition))
  }

  private follow(partition: number): Followed {
    const followed: Followed = {
      caughtUp: this.begin(partition).then(
        (following) => {
          followed.following = following
          return following.caughtUp.then(() => {
            followed.isCaughtUp = true
          })
        },
        (error) => {
          this.followed.delete(partition) // the next read tries again
          throw error
        },
      ),
      following: undefined,
      isCaughtUp: false,
      usedAt: this.parts.clock.now(),
      holders: 0,
    }
    followed.caughtUp.catch(() => {}) // readers await it; the rejection is handled here
    this.followed.set(partition, followed)
    return followed
  }

  private async begin(partition: number): Promise<Following> {
    const { log, tail } = this.parts
    const from = await log.committedOffsets('sink', topics.lists)
    return tail.followPartitions(log, from, [partition])
  }

  private releaseIdle(now: number): void {
    const { tail } = this.parts
    this.checkedAt = now
    const isListenedTo = new Set([...tail.listenedTo()].map((userId) => partitionOf(userId, this.partitions)))
    for (const [partition, { usedAt, isCaughtUp, holders }] of this.followed) {
      const isIdle = isCaughtUp && holders === 0 && now - usedAt >= this.idleMs
      if (isIdle && !isListenedTo.has(partition)) this.release(partition)
    }
  }

  private release(partition: number): void {
    const { cache, unstored, logger } = this.parts
    const { following } = this.followed.get(partition)!
    this.followed.delete(partition)
    cache.remove((userId) => partitionOf(userId, this.partitions) === partition)
    unstored.forgetPartition(partition)
    following
      ?.stop()
      .catch((error) =>
        logger.warn(
          { partition, reason: messageOf(error) },
          'following a partition of topic lists could not be stopped',
        ),
      )
  }
}
