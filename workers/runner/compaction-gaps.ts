import type { Batch, EventLog, StoredRecord } from '../../platform/ports/event-log.ts'

/** State of one partition in one generation of its group. */
interface Reading {
  readonly generation: number
  /** The offset after the newest record that was passed. */
  next: number
  /** Whether a gap was found since `end` was read. */
  gapSeen: boolean
  /** End of the partition when a gap was last found. Records before it may cover a removed record. */
  end: number
}

export interface GapParts {
  readonly log: Pick<EventLog, 'committedOffsets' | 'endOffsets'>
  readonly group: string
  /** Called with records that may cover newer ones of their keys, before they are run. */
  readonly onSuspects: (records: readonly StoredRecord[]) => Promise<unknown>
}

/**
 * Finds the records of a compacted topic that may have replaced a newer record of their key.
 *
 * Compaction keeps the record of each key at the highest offset. That is the newest one, unless a worker that had lost
 * its partition wrote an older one after it. A reader that reads the topic before compaction selects the newer one by
 * its position. A later reader gets only the older one.
 *
 * A reader that keeps up finds no gap in the offsets. If it finds one, a record was removed, and the record that
 * replaced it is before the current end of the partition. So all records before that end are suspects, and no others:
 * `onSuspects` compares them with the source of the topic.
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

  /** To be called with records that are about to be run, after they were passed to the methods above. */
  async check({ topic, partition }: Batch, records: readonly StoredRecord[]): Promise<void> {
    const reading = this.readings.get(partition)
    if (reading === undefined) return
    if (reading.gapSeen) {
      reading.gapSeen = false // before the call, because another gap may be found during it
      reading.end = (await this.parts.log.endOffsets(topic))[partition] ?? 0
    }
    const suspects = records.filter(({ offset }) => offset < reading.end)
    if (suspects.length > 0) await this.parts.onSuspects(suspects)
  }

  /** To be called when records of the partition will be passed again. */
  close(partition: number): void {
    this.readings.delete(partition)
  }
}
