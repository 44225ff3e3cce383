import type { Logger } from '../../platform/logger.ts'
import type { EventLog, Following, StoredRecord } from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import { revisionOf } from '../../schema/revision.ts'
import { topics } from '../../schema/topics.ts'
import type { PicksCache, PicksEntry } from '../query/picks-cache.ts'

export type PicksListener = (entry: PicksEntry, record: Pick<StoredRecord, 'headers'>) => void

/**
 * Follows topic picks: every newer list goes into the cache and to whoever listens for its user. Listeners never see an
 * older position after a newer one, whatever a late or doubled writer puts on the topic.
 */
export class PicksTail {
  readonly #cache: PicksCache
  readonly #logger: Logger
  readonly #listeners = new Map<string, Set<PicksListener>>()
  readonly #gapListeners = new Set<() => void>()
  /** The log's time as the newest lists tell it, ms. */
  logTime = 0

  constructor(cache: PicksCache, logger: Logger) {
    this.#cache = cache
    this.#logger = logger
  }

  follow(log: EventLog): Promise<Following> {
    const onGap = () => this.gap()
    return log.follow({ topic: topics.picks, from: 'end', onGap }, (records) => this.apply(records))
  }

  listen(userId: string, listener: PicksListener): () => void {
    const listeners = this.#listeners.get(userId) ?? new Set()
    this.#listeners.set(userId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(userId) === listeners) this.#listeners.delete(userId)
    }
  }

  /** Records may have been missed: whoever holds a list must read it again. */
  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener)
    return () => this.#gapListeners.delete(listener)
  }

  apply(records: readonly StoredRecord[]): void {
    let newest: PicksEntry | undefined
    for (const record of records) {
      const entry = this.#remember(record)
      if (entry) newest = entry
      const listeners = entry && this.#listeners.get(record.key)
      if (listeners) for (const listener of listeners) listener(entry, record)
    }
    if (newest) this.#noteTime(newest)
  }

  gap(): void {
    this.#cache.clear()
    for (const listener of this.#gapListeners) listener()
  }

  /** Of one list a batch: lists are decoded for those who want them, and the last of a batch is about the newest. */
  #noteTime(entry: PicksEntry): void {
    try {
      this.logTime = Math.max(this.logTime, entry.picks?.rankedAt ?? 0)
    } catch (error) {
      this.#logger.warn({ reason: messageOf(error) }, 'a record of topic picks cannot be read')
    }
  }

  #remember({ key, value, headers, offset }: StoredRecord): PicksEntry | undefined {
    try {
      if (value !== null) return this.#cache.fromTail(key, value)
      const erased = { offset: Number(headers.offset), epoch: Number(headers.epoch ?? 0) }
      return this.#cache.erased(key, revisionOf(erased.offset, erased.epoch), erased)
    } catch (error) {
      this.#logger.warn({ offset, reason: messageOf(error) }, 'a record of topic picks was left out')
      return undefined
    }
  }
}
