import type { StoredRecord } from '../../platform/ports/event-log.ts'

/** Urgency of a record, most urgent first. */
export const urgencies = ['watched', 'live', 'bulk'] as const
export type Urgency = (typeof urgencies)[number]

interface Parts {
  /**
   * Of the records of one key, the one with the greatest number is kept. @throws RecordError: the record goes to
   * `onBad`
   */
  readonly newness: (record: StoredRecord) => bigint
  readonly urgencyOf: (record: StoredRecord) => Urgency
  readonly onBad: (record: StoredRecord, error: unknown) => void
  /** Whether a record must wait although nothing more urgent does. Default: never. */
  readonly holds?: (record: StoredRecord) => boolean
}

interface Kept {
  readonly record: StoredRecord
  readonly newness: bigint
  /** Number of the poll after which the first record of the key arrived, and of the newest. */
  readonly firstLook: number
  readonly lastLook: number
}

/** A bulk key is due after this number of polls without a record of it. */
export const quietLooks = 20
/** A bulk key is due at its next record after this number of polls since its first one, even if more records arrive. */
export const heldLooksMax = 500
/** While this number of bulk keys wait, those without records for longest are due. */
export const bulkKeysMax = 3_000

/**
 * Records that wait to be run, the newest record of each key. Keys of equal urgency are taken in the order in which
 * they came; a newer record of a key takes the place of the older one in that order, and moves the key forward if it is
 * more urgent.
 *
 * Bulk keys, without waiting readers, are held until no more of their records arrive: a user whose events arrive one
 * after another is run once for all of them. Bulk keys are taken in the order of their newest records. Time is counted
 * in polls, so that no clock is read.
 */
export class PendingRecords {
  private skipped: StoredRecord[] = []
  private looks = 0
  private readonly held = new Map<string, Kept>()
  private readonly queues = new Map<Urgency, Map<string, Kept>>(urgencies.map((urgency) => [urgency, new Map()]))

  constructor(private readonly parts: Parts) {}

  /** Of all records, held or due. */
  get size(): number {
    let size = this.held.size
    for (const queue of this.queues.values()) size += queue.size
    return size
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

  /** Records since the last call that are not run, because there is a newer one of their key. */
  takeSkipped(): StoredRecord[] {
    const skipped = this.skipped
    this.skipped = []
    return skipped
  }

  /** To be called regularly: makes keys due that need not wait longer. */
  look(): void {
    this.looks++
    for (const [key, kept] of this.held) {
      if (this.parts.holds?.(kept.record)) continue
      this.held.delete(key)
      this.queues.get(this.parts.urgencyOf(kept.record))!.set(key, kept)
    }
  }

  /** Takes at most `limit` records of the greatest urgency that is present; none that is held. */
  take(limit: number): StoredRecord[] {
    for (const [urgency, queue] of this.queues) {
      const taken: StoredRecord[] = []
      for (const [key, kept] of queue) {
        if (taken.length >= limit || (urgency === 'bulk' && !this.isQuiet(kept, queue.size))) break
        taken.push(kept.record)
        queue.delete(key)
      }
      if (taken.length > 0) return taken
    }
    return []
  }

  /** The smallest offset that still waits; undefined if there is none. Linear in the number of keys. */
  firstOffset(): number | undefined {
    let first: number | undefined
    for (const queue of [this.held, ...this.queues.values()]) {
      for (const { record } of queue.values()) if (first === undefined || record.offset < first) first = record.offset
    }
    return first
  }

  private isQuiet({ lastLook }: Kept, bulkKeys: number): boolean {
    return bulkKeys >= bulkKeysMax || this.looks - lastLook >= quietLooks
  }

  private put(record: StoredRecord, newness: bigint): void {
    const { key } = record
    const { looks } = this
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
      this.skipped.push(isNewer ? known.record : record)
      const kept = isNewer ? { record, newness, firstLook: known.firstLook, lastLook: looks } : known
      const isOverdue = looks - known.firstLook >= heldLooksMax
      const due = mostUrgent(isOverdue ? mostUrgent(urgency, 'live') : urgency, this.parts.urgencyOf(record))
      // After the bulk keys that have had no record for longer.
      if (due !== urgency || (due === 'bulk' && isNewer)) queue.delete(key)
      this.queues.get(due)!.set(key, kept)
      return
    }
    const queue = this.parts.holds?.(record) ? this.held : this.queues.get(this.parts.urgencyOf(record))!
    queue.set(key, { record, newness, firstLook: looks, lastLook: looks })
  }
}

const mostUrgent = (a: Urgency, b: Urgency): Urgency => (urgencies.indexOf(a) <= urgencies.indexOf(b) ? a : b)
