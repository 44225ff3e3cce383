import { AppError } from '../../schema/app-error.ts'
import type { TopicSpec } from '../../schema/topics.ts'
import type { StoredRecord } from '../ports/event-log.ts'
import type { Environment } from './environment.ts'
import { groupOffsetKey, logKey, offsetMax, partitionKey } from './keys.ts'
import { decodeChunk } from './log-codec.ts'

export interface KnownTopic extends TopicSpec {
  readonly id: number
}

/** Reads topics, offsets and records. Each call sees all writes of any thread that were durable when it began. */
export class TopicReader {
  private readonly known = new Map<string, KnownTopic>()

  constructor(private readonly env: Environment) {}

  topic(name: string): KnownTopic {
    const known = this.known.get(name)
    if (known !== undefined) return known
    this.env.root.resetReadTxn()
    const row = this.env.topics.get(Buffer.from(name))
    if (row === undefined) throw new AppError('NOT_FOUND', { message: `topic ${name} does not exist` })
    const topic = JSON.parse(row.toString()) as KnownTopic
    this.known.set(name, topic)
    return topic
  }

  allTopics(): KnownTopic[] {
    this.env.root.resetReadTxn()
    return [...this.env.topics.range({})].map(({ value }) => JSON.parse(value.toString()) as KnownTopic)
  }

  /** Drops the cached topics, after one was created or changed. */
  forget() {
    this.known.clear()
  }

  end(topic: KnownTopic, partition: number): number {
    this.env.root.resetReadTxn()
    return this.env.ends.get(partitionKey(topic.id, partition))?.readDoubleBE(0) ?? 0
  }

  committed(group: string, topic: KnownTopic, partition: number): number {
    this.env.root.resetReadTxn()
    return this.env.offsets.get(groupOffsetKey(group, topic.id, partition))?.readDoubleBE(0) ?? 0
  }

  cursor(topic: KnownTopic, partition: number, from: number): PartitionCursor {
    return new PartitionCursor(this.env, topic, partition, from)
  }
}

const readBytesMax = 4 * 1024 * 1024

/** Reads one partition forward. Keeps the rest of the last chunk, so that small steps do not decode it again. */
export class PartitionCursor {
  private decoded: StoredRecord[] = []
  private taken = 0
  private nextOffset: number

  constructor(
    private readonly env: Environment,
    private readonly topic: KnownTopic,
    private readonly partition: number,
    from: number,
  ) {
    this.nextOffset = from
  }

  /** The offset that the next read begins with. */
  get next(): number {
    return this.nextOffset
  }

  /** Returns at most `limit` records and about 4 MiB, oldest first; empty at the end of the partition. */
  read(limit: number): StoredRecord[] {
    if (this.taken === this.decoded.length) this.fetch(limit)
    const records = this.decoded.slice(this.taken, this.taken + limit)
    this.taken += records.length
    if (records.length > 0) this.nextOffset = records.at(-1)!.offset + 1
    return records
  }

  private fetch(limit: number) {
    const { id, name } = this.topic
    this.decoded = []
    this.taken = 0
    this.env.root.resetReadTxn()
    const start = logKey(id, this.partition, this.nextOffset)
    const end = logKey(id, this.partition, offsetMax)
    let bytes = 0
    for (const { value } of this.env.log.range({ start, end })) {
      const records = decodeChunk(value, name, this.partition, this.nextOffset)
      this.decoded = this.decoded.length === 0 ? records : this.decoded.concat(records)
      bytes += value.length
      if (this.decoded.length >= limit || bytes >= readBytesMax) break
    }
  }
}
