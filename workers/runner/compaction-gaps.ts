import type { Batch, EventLog, StoredRecord } from '../../platform/ports/event-log.ts'

/** What is known of one partition in one generation of its group. */
interface Reading {
  readonly generation: number
  /** The offset that follows the newest record that was given. */
  next: number
  /** A hole was met since `end` was asked for. */
  gapSeen: boolean
  /** Where the partition ended when a hole was met last: what stands before may cover a removed record. */
  end: number
}

export interface GapParts {
  readonly log: Pick<EventLog, 'committedOffsets' | 'endOffsets'>
  readonly group: string
  /** Called with records that may cover newer ones of their keys, before they are run. */
  readonly onSuspects: (records: readonly StoredRecord[]) => Promise<unknown>
}

/**
 * Finds the records of a compacted topic that a newer one of their key may have been removed for.
 *
 * Compaction keeps of each key the record at the highest offset. That is the newest one, unless a worker that had lost its
 * partition wrote an older one behind it. Whoever reads the topic before compaction takes the newer one by its place; whoever
 * reads it later is given the older one alone, and would keep it.
 *
 * A reader that keeps up meets no hole in the offsets. Where it meets one, a record was removed, and the one that it was
 * removed for stands before the end of the partition as it is now. So all records before that end are suspects, and no
 * others: `onSuspects` compares them with the source of the topic.
 */
export class CompactionGaps {
  private readonly readings = new Map<number, Reading>()

  constructor(private readonly parts: GapParts) {}

  /** To be called with each batch before its records are run. */
  async begin({ topic, partition, generation, records }: Batch): Promise<void> {
    const { log, group } = this.parts
    if (this.readings.get(partition)?.generation !== generation) {
      const next = (await log.committedOffsets(group, topic))[partition] ?? 0
      this.readings.set(partition, { generation, next, gapSeen: false, end: 0 })
    }
    this.see(partition, records)
  }

  /** To be called with records that are read ahead. */
  see(partition: number, records: readonly StoredRecord[]): void {
    const reading = this.readings.get(partition)
    if (reading === undefined) return
    for (const { offset } of records) {
      if (offset > reading.next) reading.gapSeen = true
      reading.next = offset + 1
    }
  }

  /** To be called with records that are about to be run, once they were seen. */
  async check({ topic, partition }: Batch, records: readonly StoredRecord[]): Promise<void> {
    const reading = this.readings.get(partition)
    if (reading === undefined) return
    if (reading.gapSeen) {
      reading.gapSeen = false // before the call: another hole may be met during it
      reading.end = (await this.parts.log.endOffsets(topic))[partition] ?? 0
    }
    const suspects = records.filter(({ offset }) => offset < reading.end)
    if (suspects.length > 0) await this.parts.onSuspects(suspects)
  }

  /** What was given of the partition will be given again. */
  close(partition: number): void {
    this.readings.delete(partition)
  }
}
