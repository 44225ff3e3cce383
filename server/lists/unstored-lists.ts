import type { Logger } from '../../platform/logger.ts'
import { partitionOf } from '../../platform/partitioner.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import { AppError, messageOf } from '../../schema/app-error.ts'
import { topics } from '../../schema/topics.ts'

/** Where the newest list or erasure of a user is in topic lists. */
export interface UnstoredList {
  readonly partition: number
  readonly offset: number
  readonly revision: bigint
}

interface Deps {
  readonly log: Pick<EventLog, 'committedOffsets'>
  readonly clock: Clock
  readonly logger: Logger
  /** Default: 200,000 users, about 40 MB. */
  readonly usersMax?: number
}

const usersMaxDefault = 200_000
const pollMs = 1_000
/** Consumer group of the stage that stores lists. */
const sinkGroup = 'sink'

/**
 * Users whose newest list may not be in the store yet: the records of topic lists that the sink has not committed.
 *
 * A read that began before a list was stored may end after it and return the row from before. An entry is therefore
 * removed only when the sink has committed its record and every read has ended that began before this commit was known.
 * So where a reader finds no entry after its read, the row was in the store when the read began.
 *
 * Beyond `usersMax` users, only the greatest offset without an entry is kept per partition. Until the sink has
 * committed it, lists of users without an entry in that partition are UNAVAILABLE.
 */
export class UnstoredLists {
  private readonly usersMax: number
  private readonly lists = new Map<string, UnstoredList>()
  /** Greatest offset of each partition without an entry; -1: none. */
  private leftOut: number[] = []
  private committed: readonly number[] = []
  private readonly reads = new Set<Promise<unknown>>()
  private readonly stopping = new AbortController()
  private polling = false

  constructor(private readonly deps: Deps) {
    this.usersMax = deps.usersMax ?? usersMaxDefault
  }

  /** @returns the offset of each partition of topic lists from which on records may not be stored */
  async start(): Promise<readonly number[]> {
    this.committed = await this.deps.log.committedOffsets(sinkGroup, topics.lists)
    this.leftOut = this.committed.map(() => -1)
    return this.committed
  }

  /** Forgets a partition that is no longer followed. `start` must be called before it is followed again. */
  forgetPartition(partition: number): void {
    for (const [userId, list] of this.lists) if (list.partition === partition) this.lists.delete(userId)
    this.leftOut[partition] = -1
  }

  stop(): void {
    this.stopping.abort()
  }

  get size(): number {
    return this.lists.size
  }

  /** Adds a record of topic lists; ignored where a newer one of its user is known. */
  note({ key, partition, offset }: Pick<StoredRecord, 'key' | 'partition' | 'offset'>, revision: bigint): void {
    if (offset < (this.committed[partition] ?? 0)) return
    const known = this.lists.get(key)
    if (known && known.revision > revision) return
    if (known || this.lists.size < this.usersMax) this.lists.set(key, { partition, offset, revision })
    else this.leftOut[partition] = Math.max(offset, this.leftOut[partition] ?? -1)
    this.poll()
  }

  /**
   * @returns where the user's newest list is in the topic; undefined where the store has it
   * @throws AppError UNAVAILABLE, retriable, where neither is known
   */
  get(userId: string): UnstoredList | undefined {
    const list = this.lists.get(userId)
    if (list || this.leftOut.length === 0) return list
    const partition = partitionOf(userId, this.leftOut.length)
    if (this.leftOut[partition]! < this.committed[partition]!) return undefined
    throw new AppError('UNAVAILABLE', {
      message: `more than ${this.usersMax} lists are not stored yet: the sink stage is behind`,
    })
  }

  /** Removes an entry whose record cannot be decoded. */
  forget(userId: string, list: UnstoredList): void {
    if (this.lists.get(userId) === list) this.lists.delete(userId)
  }

  /** Runs a read of the store; entries that it may need are kept until it has ended. */
  async during<T>(read: () => Promise<T>): Promise<T> {
    const reading = read()
    this.reads.add(reading)
    try {
      return await reading
    } finally {
      this.reads.delete(reading)
    }
  }

  private poll(): void {
    if (this.polling) return
    this.polling = true
    const { logger } = this.deps
    this.pruneUntilEmpty()
      .catch((error) =>
        logger.error(
          { reason: messageOf(error) },
          'reading the committed offsets of the sink ended; it begins again with the next list',
        ),
      )
      .finally(() => {
        this.polling = false
      })
  }

  private async pruneUntilEmpty(): Promise<void> {
    const { clock, logger } = this.deps
    const { signal } = this.stopping
    while (!signal.aborted && (this.lists.size > 0 || this.isIncomplete())) {
      await clock.sleep(pollMs, signal)
      try {
        if (!signal.aborted) await this.prune()
      } catch (error) {
        logger.warn({ reason: messageOf(error) }, 'the committed offsets of the sink could not be read; retrying')
      }
    }
  }

  private async prune(): Promise<void> {
    const committed = await this.deps.log.committedOffsets(sinkGroup, topics.lists)
    await Promise.allSettled([...this.reads])
    this.committed = committed
    for (const [userId, { partition, offset }] of this.lists) {
      if (offset < committed[partition]!) this.lists.delete(userId)
    }
  }

  private isIncomplete(): boolean {
    return this.leftOut.some((offset, partition) => offset >= (this.committed[partition] ?? 0))
  }
}
