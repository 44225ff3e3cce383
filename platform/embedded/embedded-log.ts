import { AppError } from '../../schema/app-error.ts'
import type { TopicSpec } from '../../schema/topics.ts'
import { chunkByBytes } from '../chunk-by-bytes.ts'
import { partitionOf } from '../partitioner.ts'
import type {
  BatchHandler,
  ConsumeOptions,
  Consumption,
  EventLog,
  FollowHandler,
  Following,
  FollowOptions,
  LogRecord,
  Position,
  StoredRecord,
} from '../ports/event-log.ts'
import { type ConsumptionParts, EmbeddedConsumption } from './consumption.ts'
import { EmbeddedFollowing } from './following.ts'
import type { KnownTopic } from './topic-reader.ts'
import { bytesOfRecord, groupBytesMax, offsetOfPending, type WriteResult } from './write-group.ts'

/** The EventLog over LMDB: the guarantees of the port, and offsets without gaps until a topic is compacted. */
export class EmbeddedLog implements EventLog {
  private readonly consumptions = new Set<EmbeddedConsumption>()
  private readonly followings = new Set<EmbeddedFollowing>()

  /** @param release called once by close(), when the log is no longer used */
  constructor(
    private readonly parts: ConsumptionParts,
    private readonly release: () => Promise<void>,
  ) {}

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    await this.parts.queue.task({ type: 'createTopics', specs: topics })
    this.parts.reader.forget()
  }

  async append(topicName: string, records: readonly LogRecord[]): Promise<Position[]> {
    const { reader, clock } = this.parts
    const topic = reader.topic(topicName)
    const now = Math.floor(clock.now())
    const positions: Position[] = []
    // In chunks: a batch larger than the queue's bound would be rejected on every retry.
    for (const portion of chunkByBytes(records, bytesOfRecord, groupBytesMax))
      positions.push(...(await this.appendChunk(topic, portion, now)))
    return positions
  }

  private async appendChunk(topic: KnownTopic, records: readonly LogRecord[], now: number): Promise<Position[]> {
    const pending = records.map((record) => {
      const partition = partitionOf(record.key, topic.partitions)
      return { partition, written: this.parts.queue.append(topic.id, partition, record, now) }
    })
    // All records are in a few groups: wait once per group, not once per record.
    const results = new Map<Promise<WriteResult>, WriteResult>()
    for (const { written } of pending) {
      if (!results.has(written.done)) results.set(written.done, await written.done)
    }
    return pending.map(({ partition, written }) => ({
      partition,
      offset: offsetOfPending(written, results.get(written.done)!),
    }))
  }

  async consume(options: ConsumeOptions, handle: BatchHandler): Promise<Consumption> {
    const consumption = new EmbeddedConsumption(this.parts, options, handle)
    this.consumptions.add(consumption)
    void consumption.ended.catch(() => {}).then(() => this.consumptions.delete(consumption))
    void consumption.run()
    return consumption
  }

  async follow(options: FollowOptions, handle: FollowHandler): Promise<Following> {
    const { reader, signals, clock, onError } = this.parts
    const parts = { reader, signals, clock, onError, pollMs: this.parts.options.pollMs }
    const following = new EmbeddedFollowing(parts, options, handle)
    this.followings.add(following)
    return {
      caughtUp: following.caughtUp,
      stop: async () => {
        this.followings.delete(following)
        await following.stop()
      },
    }
  }

  async read(topic: string, partition: number, fromOffset: number, limit: number): Promise<StoredRecord[]> {
    const { reader } = this.parts
    const known = reader.topic(topic)
    if (partition >= known.partitions) {
      throw new AppError('NOT_FOUND', {
        message: `topic ${topic}: expected a partition below ${known.partitions}, got ${partition}`,
      })
    }
    const cursor = reader.cursor(known, partition, fromOffset)
    const records: StoredRecord[] = []
    while (records.length < limit) {
      const more = cursor.read(limit - records.length)
      if (more.length === 0) break
      records.push(...more)
    }
    return records
  }

  async startOffsets(topic: string): Promise<number[]> {
    const { reader } = this.parts
    return this.perPartition(topic, (known, partition) => {
      const end = reader.end(known, partition) // read before the first record: one may be appended in between
      return reader.cursor(known, partition, 0).read(1)[0]?.offset ?? end
    })
  }

  async endOffsets(topic: string): Promise<number[]> {
    return this.perPartition(topic, (known, partition) => this.parts.reader.end(known, partition))
  }

  async committedOffsets(group: string, topic: string): Promise<number[]> {
    return this.perPartition(topic, (known, partition) => this.parts.reader.committed(group, known, partition))
  }

  async partitionCount(topic: string): Promise<number> {
    return this.parts.reader.topic(topic).partitions
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumptions].map((consumption) => consumption.stop()))
    await Promise.all([...this.followings].map((following) => following.stop()))
    await this.release()
  }

  private perPartition<T>(
    name: string,
    read: (topic: ReturnType<ConsumptionParts['reader']['topic']>, partition: number) => T,
  ): T[] {
    const topic = this.parts.reader.topic(name)
    return Array.from({ length: topic.partitions }, (_, partition) => read(topic, partition))
  }
}
