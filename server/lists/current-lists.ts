import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { AppError } from '../../schema/app-error.ts'
import { decodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import { epochOf, revisionOf, writeTimestampIn, writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { isReadable, type ListCache, type ListEntry, type ListRow, rowOfRecord, rowOfStore } from './list-cache.ts'
import type { UnstoredLists } from './unstored-lists.ts'

/** Follows topic lists for the users that are read: all of it, or their partitions. */
export interface FollowedLists {
  /** Resolves once the lists of these users are followed up to the newest; undefined: they are. */
  ready(userIds: readonly string[]): Promise<void> | undefined
  /** Keeps their partitions followed until the returned function is called. */
  hold(userIds: readonly string[]): () => void
}

interface Deps {
  readonly store: Pick<Store, 'get'>
  readonly log: Pick<EventLog, 'read'>
  readonly clock: Clock
  readonly listCache: ListCache
  readonly followed: FollowedLists
  readonly unstored: UnstoredLists
}

/** Maximum time that a read waits for a server that has just started, or just begun to follow a partition, to catch up. */
const startMsMax = 5_000
/** Maximum reads of the topic for one user within one call. */
const topicReadsMax = 10
/**
 * Pause before the next of these reads, where compaction has removed the record and the tail has not read a newer one
 * yet.
 */
const retryMs = 50

/**
 * Reads lists that are not in the cache: the newer one of the store's row and the newest record that the tail has read.
 * So a read never returns an older list than one that was pushed before, although the sink may not have stored it yet.
 */
export class CurrentLists {
  constructor(private readonly deps: Deps) {}

  /**
   * @returns the list of each user, in the order of `userIds`, or the error with which it could not be read: AppError
   * UNAVAILABLE, retriable, while the server starts or the sink is too far behind
   */
  async readMany(userIds: readonly string[]): Promise<(ListEntry | Error)[]> {
    const { store, unstored, followed } = this.deps
    const release = followed.hold(userIds)
    try {
      await this.waitUntilFollowed(userIds)
      return await unstored.during(async () => {
        const keys = userIds.map((partition) => ({ partition }))
        const rows = await store.get(tables.listsByUser, keys)
        const entries = userIds.map((userId, n) => this.newest(userId, rowOfStore(rows[n])).catch(asError))
        return Promise.all(entries)
      })
    } finally {
      release()
    }
  }

  /** The list of one user. @throws the error that readMany returns for it */
  async read(userId: string): Promise<ListEntry> {
    const [entry] = await this.readMany([userId])
    if (entry instanceof Error) throw entry
    return entry!
  }

  private async newest(userId: string, stored: ListRow): Promise<ListEntry> {
    const { listCache, unstored, log, clock } = this.deps
    let row = stored
    let notErased = 0n
    for (let reads = 0; reads < topicReadsMax; reads++) {
      const listed = stored.bytes === undefined ? this.newestKnown(userId, row) : 0n
      if (listed > notErased) row = (await this.erasureAfter(userId, (notErased = listed))) ?? row
      const place = unstored.get(userId)
      const known = listCache.peek(userId)
      if (!place || place.revision <= row.revision || (known && place.revision <= known.revision)) {
        return listCache.confirm(userId, row)
      }
      const [record] = await log.read(topics.lists, place.partition, place.offset, 1)
      if (record?.offset !== place.offset) await clock.sleep(retryMs)
      else if (isReadable(record)) row = rowOfRecord(record)
      else unstored.forget(userId, place)
    }
    throw new AppError('UNAVAILABLE', { message: 'the newest list is neither stored nor in topic lists' })
  }

  /** The greatest revision of a list that may be answered. */
  private newestKnown(userId: string, row: ListRow): bigint {
    const { listCache, unstored } = this.deps
    const inTopic = listCache.peek(userId)?.revision ?? unstored.get(userId)?.revision ?? 0n
    return inTopic > row.revision ? inTopic : row.revision
  }

  /**
   * Where the store has no list of a user, a replay may have written an old one to the topic after the user was erased.
   * @returns the erasure that removed all lists up to this revision; undefined where there was none
   */
  private async erasureAfter(userId: string, listed: bigint): Promise<ListRow | undefined> {
    const [bytes] = await this.deps.store.get(tables.erasures, [{ partition: erasureKey(userId) }])
    if (bytes === undefined) return undefined
    const { offset, epoch = epochOf(writeTimestampIn(listed)) } = decodeDoneErasure(bytes)
    if (writeTimestampOf(offset, epoch) <= writeTimestampIn(listed)) return undefined
    return { bytes: undefined, revision: revisionOf(offset, epoch) }
  }

  private async waitUntilFollowed(userIds: readonly string[]): Promise<void> {
    const { clock, followed } = this.deps
    const caughtUp = followed.ready(userIds)
    if (caughtUp === undefined) return
    const timeout = new AbortController()
    const late = clock.sleep(startMsMax, timeout.signal).then(() => false)
    const isReady = await Promise.race([caughtUp.then(() => true), late])
    timeout.abort()
    if (!isReady) throw new AppError('UNAVAILABLE', { message: 'the server has not read topic lists yet' })
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
