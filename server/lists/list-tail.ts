import type { Logger } from '../../platform/logger.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { topics } from '../../schema/topics.ts'
import type { FollowedLists } from './current-lists.ts'
import { type ListCache, type ListEntry, rowOfRecord } from './list-cache.ts'
import type { UnstoredLists } from './unstored-lists.ts'

export type ListListener = (entry: ListEntry, record: Pick<StoredRecord, 'headers'>) => void

/**
 * Follows topic lists: notifies the listeners of each newer list, and puts it into the cache where its user has listeners or
 * is in the cache already. Listeners never see an older revision after a newer one, whatever a late or duplicate writer
 * appends, as long as the cache has the newer one; after an eviction they may, so subscribers also compare each list with the
 * last one they sent.
 *
 * Starts at the sink's committed offsets: later lists may have been shown before a restart, and are not stored yet.
 */
export class ListTail implements FollowedLists {
  private readonly listeners = new Map<string, Set<ListListener>>()
  private readonly gapListeners = new Set<() => void>()
  /** The log's time, ms: the greatest `rankedAt` of the lists read. */
  logTime = 0
  /** Resolves once all records are read that were in the topic when following began. */
  readonly caughtUp: Promise<void>
  private isCaughtUp = false
  private readonly resolveCaughtUp: () => void

  constructor(
    private readonly cache: ListCache,
    private readonly unstored: UnstoredLists,
    private readonly logger: Logger,
  ) {
    let resolve = () => {}
    this.caughtUp = new Promise((done) => {
      resolve = done
    })
    this.resolveCaughtUp = () => {
      this.isCaughtUp = true
      resolve()
    }
  }

  /** Follows all partitions. */
  async follow(log: EventLog): Promise<Following> {
    const following = await this.followPartitions(log, await this.unstored.start())
    const caughtUp = following.caughtUp.then(() => this.resolveCaughtUp())
    caughtUp.catch(() => {}) // stopped before it caught up: the server is shutting down
    return following
  }

  /** @param partitions default: all */
  followPartitions(log: EventLog, from: readonly number[], partitions?: readonly number[]): Promise<Following> {
    const onGap = () => this.gap()
    const options = { topic: topics.lists, from, onGap, ...(partitions && { partitions }) }
    return log.follow(options, (records) => this.apply(records))
  }

  ready(): Promise<void> | undefined {
    return this.isCaughtUp ? undefined : this.caughtUp
  }

  /** All partitions are followed always. */
  hold(): () => void {
    return () => {}
  }

  /** Users with listeners. */
  listenedTo(): Iterable<string> {
    return this.listeners.keys()
  }

  listen(userId: string, listener: ListListener): () => void {
    const listeners = this.listeners.get(userId) ?? new Set()
    this.listeners.set(userId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.listeners.get(userId) === listeners) this.listeners.delete(userId)
    }
  }

  /** Calls `listener` when records may have been missed: holders of a list must read it again. */
  onGap(listener: () => void): () => void {
    this.gapListeners.add(listener)
    return () => this.gapListeners.delete(listener)
  }

  apply(records: readonly StoredRecord[]): void {
    let newest: ListEntry | undefined
    for (const record of records) {
      const entry = this.remember(record)
      if (entry) newest = entry
      const listeners = entry && this.listeners.get(record.key)
      if (listeners) for (const listener of listeners) listener(entry, record)
    }
    if (newest) this.noteTime(newest)
  }

  gap(): void {
    this.cache.clear()
    for (const listener of this.gapListeners) listener()
  }

  /** Reads one list per batch: decoding every list is not worth it, and the last one of a batch is about the newest. */
  private noteTime(entry: ListEntry): void {
    try {
      this.logTime = Math.max(this.logTime, entry.list?.rankedAt ?? 0)
    } catch (error) {
      this.logger.warn(
        { reason: messageOf(error) },
        'the time of a record of topic lists could not be read; the record is skipped',
      )
    }
  }

  private remember(record: StoredRecord): ListEntry | undefined {
    try {
      const row = rowOfRecord(record)
      this.unstored.note(record, row.revision)
      return this.cache.putFromTail(record.key, row, this.listeners.has(record.key))
    } catch (error) {
      this.logger.warn({ offset: record.offset, reason: messageOf(error) }, 'a record of topic lists was skipped')
      return undefined
    }
  }
}
