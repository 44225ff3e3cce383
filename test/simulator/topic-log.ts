import { partitionOf } from '../../platform/partitioner.ts'
import type { LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import type { TopicSpec } from '../../schema/topics.ts'

interface Partition {
  records: StoredRecord[]
  end: number
}

/** The records of one topic, as the log has them on its discs. */
export class TopicLog {
  readonly partitions: Partition[]
  /** Appends to it are noted down instead: the topic holds what an earlier run wrote. */
  frozen: LogRecord[] | undefined

  constructor(readonly spec: TopicSpec) {
    this.partitions = Array.from({ length: spec.partitions }, () => ({ records: [], end: 0 }))
  }

  partitionOf(key: string): number {
    return partitionOf(key, this.partitions.length)
  }

  append(partition: number, record: LogRecord, appendedAt: number): number {
    const { records, end } = this.partitions[partition]!
    if (this.frozen) {
      this.frozen.push(record)
      return end
    }
    records.push({
      ...record,
      headers: record.headers ?? {},
      topic: this.spec.name,
      partition,
      offset: end,
      appendedAt,
    })
    this.partitions[partition]!.end = end + 1
    return end
  }

  /** Puts a record back where it was. */
  restore(record: StoredRecord): void {
    const partition = this.partitions[record.partition]!
    partition.records.push(record)
    partition.end = record.offset + 1
  }

  from(partition: number, offset: number, limit: number): StoredRecord[] {
    const { records } = this.partitions[partition]!
    let low = 0
    let high = records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (records[middle]!.offset < offset) low = middle + 1
      else high = middle
    }
    return records.slice(low, low + limit)
  }

  /** Keeps of the records below `offset` only those that are the newest of their key in the whole partition. */
  compact(partition: number, offset: number): void {
    const part = this.partitions[partition]!
    const newest = new Map(part.records.map((record) => [record.key, record.offset]))
    part.records = part.records.filter((record) => record.offset >= offset || newest.get(record.key) === record.offset)
  }

  all(): StoredRecord[] {
    return this.partitions.flatMap(({ records }) => records)
  }
}
