import type { Logger } from '../../platform/logger.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { erasedAt, erasureOf } from '../../schema/records/headers.ts'
import { topics } from '../../schema/topics.ts'
import type { ListCache, ListEntry } from './list-cache.ts'

export type ListListener = (entry: ListEntry, record: Pick<StoredRecord, 'headers'>) => void

/**
 * Follows topic lists: every newer list goes into the cache and to whoever listens for its user. Listeners never see an
 * older position after a newer one, whatever a late or doubled writer puts on the topic.
 */
export class ListTail {
  private readonly cache: ListCache
  private readonly logger: Logger
  private readonly listeners = new Map<string, Set<ListListener>>()
  private readonly gapListeners = new Set<() => void>()
  /** The log's time as the newest lists tell it, ms. */
  logTime = 0

  constructor(cache: ListCache, logger: Logger) {
    this.cache = cache
    this.logger = logger
  }

  follow(log: EventLog): Promise<Following> {
    const onGap = () => this.gap()
    return log.follow({ topic: topics.lists, from: 'end', onGap }, (records) => this.apply(records))
  }

  listen(userId: string, listener: ListListener): () => void {
    const listeners = this.listeners.get(userId) ?? new Set()
    this.listeners.set(userId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.listeners.get(userId) === listeners) this.listeners.delete(userId)
    }
  }

  /** Records may have been missed: whoever holds a list must read it again. */
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

  /** Of one list a batch: lists are decoded for those who want them, and the last of a batch is about the newest. */
  private noteTime(entry: ListEntry): void {
    try {
      this.logTime = Math.max(this.logTime, entry.list?.rankedAt ?? 0)
    } catch (error) {
      this.logger.warn({ reason: messageOf(error) }, 'a record of topic lists cannot be read')
    }
  }

  private remember({ key, value, headers, offset }: StoredRecord): ListEntry | undefined {
    try {
      if (value !== null) return this.cache.putFromTail(key, value)
      const { position, epoch, backfilled } = erasureOf(headers)
      return this.cache.putErased(key, erasedAt(headers), { offset: position.offset, epoch, backfilled })
    } catch (error) {
      this.logger.warn({ offset, reason: messageOf(error) }, 'a record of topic lists was left out')
      return undefined
    }
  }
}
