import type { StoredRecord } from '../../platform/ports/event-log.ts'

/** How soon a record is due, soonest first. */
export const urgencies = ['watched', 'live', 'bulk'] as const
export type Urgency = (typeof urgencies)[number]

interface Parts {
  /** Of the records of one key the newest by this number is kept. @throws RecordError: the record goes to `onBad` */
  readonly newness: (record: StoredRecord) => bigint
  readonly urgencyOf: (record: StoredRecord) => Urgency
  readonly onBad: (record: StoredRecord, error: unknown) => void
  /** Whether a record is to wait on, though nothing more urgent does. Default: never. */
  readonly holds?: (record: StoredRecord) => boolean
}

interface Kept {
  readonly record: StoredRecord
  readonly newness: bigint
}

/**
 * What waits to be run, one record a key: the newest. Keys of equal urgency are taken in the order in which they came; a
 * newer record of a key takes the place of the older one in that order, and moves the key forward where it is more urgent.
 */
export class PendingRecords {
  private readonly parts: Parts
  private skipped: StoredRecord[] = []
  private readonly held = new Map<string, Kept>()
  private readonly queues = new Map<Urgency, Map<string, Kept>>(urgencies.map((urgency) => [urgency, new Map()]))

  constructor(parts: Parts) {
    this.parts = parts
  }

  /** Of all records, held or due. */
  get size(): number {
    let size = this.held.size
    for (const queue of this.queues.values()) size += queue.size
    return size
  }

  /** The most urgent kind that is due; undefined where nothing is. */
  get urgency(): Urgency | undefined {
    for (const [urgency, queue] of this.queues) if (queue.size > 0) return urgency
    return undefined
  }

  add(records: readonly StoredRecord[]): void {
    for (const record of records) {
      try {
        this.put(record, this.parts.newness(record))
      } catch (error) {
        this.parts.onBad(record, error)
      }
    }
  }

  /** Records since the last call that are not run, because a newer one of their key is. */
  takeSkipped(): StoredRecord[] {
    const skipped = this.skipped
    this.skipped = []
    return skipped
  }

  /** Makes those held due that are not to wait on. */
  release(): void {
    for (const [key, kept] of this.held) {
      if (this.parts.holds?.(kept.record)) continue
      this.held.delete(key)
      this.queues.get(this.parts.urgencyOf(kept.record))!.set(key, kept)
    }
  }

  /** Takes at most `limit` records of the most urgent kind that there is; none that is held. */
  take(limit: number): StoredRecord[] {
    for (const queue of this.queues.values()) {
      if (queue.size === 0) continue
      const taken: StoredRecord[] = []
      for (const [key, { record }] of queue) {
        if (taken.length >= limit) break
        taken.push(record)
        queue.delete(key)
      }
      return taken
    }
    return []
  }

  /** The smallest offset that still waits; undefined where nothing does. Linear in the number of keys. */
  firstOffset(): number | undefined {
    let first: number | undefined
    for (const queue of [this.held, ...this.queues.values()]) {
      for (const { record } of queue.values()) if (first === undefined || record.offset < first) first = record.offset
    }
    return first
  }

  private put(record: StoredRecord, newness: bigint): void {
    const { key } = record
    const held = this.held.get(key)
    if (held !== undefined) {
      const isNewer = held.newness <= newness
      this.skipped.push(isNewer ? held.record : record)
      if (!isNewer) return
      this.held.delete(key)
    }
    for (const [urgency, queue] of this.queues) {
      const known = queue.get(key)
      if (known === undefined) continue
      const isNewer = known.newness <= newness
      const kept = isNewer ? { record, newness } : known
      this.skipped.push(isNewer ? known.record : record)
      const due = mostUrgent(urgency, this.parts.urgencyOf(record))
      if (due !== urgency) queue.delete(key)
      this.queues.get(due)!.set(key, kept)
      return
    }
    const queue = this.parts.holds?.(record) ? this.held : this.queues.get(this.parts.urgencyOf(record))!
    queue.set(key, { record, newness })
  }
}

const mostUrgent = (a: Urgency, b: Urgency): Urgency => (urgencies.indexOf(a) <= urgencies.indexOf(b) ? a : b)
