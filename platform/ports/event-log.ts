import type { TopicSpec } from '../../schema/topics.ts'

/**
 * EventLog: a partitioned, durable, keyed log. Adapters: Kafka in a cluster, LMDB in one process.
 *
 * Guarantees of every adapter (tested by platform/ports/event-log.contract.ts):
 * - records of one key keep their order, and all records of one key are in one partition (murmur2, as Kafka's own
 *   clients);
 * - an append that resolved survives the death of this process and of any one broker; one that rejected with a
 *   retriable error may or may not have been written: a retry is safe for readers that deduplicate events;
 * - a group reads every record at least once; a batch is delivered again unless its handler resolved;
 * - two members of a group never have the same partition in the same generation.
 */
export interface EventLog {
  /** Creates the topics that are missing. Safe to run by several instances at once. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>
  /**
   * Appends and resolves once durable, with the position of every record in the order given.
   * @throws AppError UNAVAILABLE, retriable, when the log did not confirm within the deadline or the buffer is full.
   */
  append(topic: string, records: readonly LogRecord[]): Promise<Position[]>
  /** Joins a group. The handler gets one partition's records at a time; batches of different partitions may overlap. */
  consume(options: ConsumeOptions, handle: BatchHandler): Promise<Consumption>
  /**
   * Follows every partition of a topic, or those given, without a group, to hold a table or a cache in memory. `from:
   * 'beginning'` replays the topic first, offsets replay it from there on; the returned `caughtUp` resolves once the
   * records that existed at the call have been handled. `onGap` is called after a reconnect that may have lost
   * records.
   */
  follow(options: FollowOptions, handle: FollowHandler): Promise<Following>
  /**
   * Reads records of one partition from an offset on, oldest first, for tools (dead letters, rebuild, export).
   * Returns at most `limit`; empty at the end of the partition.
   */
  read(topic: string, partition: number, fromOffset: number, limit: number): Promise<StoredRecord[]>
  /**
   * Returns the first offset of each partition: above 0 once retention has removed records. The first record may have a
   * greater offset, after an aborted transaction or a compaction.
   */
  startOffsets(topic: string): Promise<number[]>
  /** Returns the offset after the newest record of each partition. */
  endOffsets(topic: string): Promise<number[]>
  /** Returns the first offset of each partition that the group has not committed; 0 if it has committed none. */
  committedOffsets(group: string, topic: string): Promise<number[]>
  partitionCount(topic: string): Promise<number>
  /** Ends all consumptions, flushes buffered appends, and closes the connections or the folder. */
  close(): Promise<void>
}

export interface LogRecord {
  readonly key: string
  /** null is a tombstone. */
  readonly value: Uint8Array | null
  readonly headers?: Readonly<Record<string, string>>
}

export interface StoredRecord extends LogRecord {
  readonly topic: string
  readonly partition: number
  /** Ascending within a partition, with gaps where compaction has removed older records of a key. */
  readonly offset: number
  /** Time of the append by the log's clock, ms since 1970. */
  readonly appendedAt: number
  readonly headers: Readonly<Record<string, string>>
  /**
   * Why `value` is not a record but the bytes of a batch that could not be decoded: one of another client, with a
   * codec or of a size that is not supported. Groups receive it, for the dead-letter topic; followers log and skip
   * it.
   */
  readonly undecodable?: string
}

export interface Position {
  readonly partition: number
  readonly offset: number
}

export interface ConsumeOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Maximum records of a batch; a batch is never empty. Default: 500. */
  readonly batchRecordsMax?: number
}

export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly StoredRecord[]
  /**
   * Adds at most `limit` waiting records to the batch: they are committed with it, or delivered again with it.
   * Returns them; empty if none wait, and once the consumption stops or a rebalance has begun.
   */
  readAhead(limit: number): readonly StoredRecord[]
  /**
   * Commits the records before `offset`: if the handler rejects later, only the records from there on are delivered
   * again.
   */
  commitBefore(offset: number): void
  /** Changes when this member's assignment may have changed: state that is cached for its keys is then invalid. */
  readonly generation: number
  /**
   * False once the partition has moved, or may have moved, to another member: the handler should stop and write no
   * more.
   */
  isOwned(): boolean
}

/** If it resolves, the batch is committed; if it rejects, the same records are delivered again after a backoff. */
export type BatchHandler = (batch: Batch) => Promise<void>

export interface Consumption {
  /**
   * Takes no more batches, waits for those in progress (at most `drainMsMax`, default 10,000), commits, and leaves
   * the group.
   */
  stop(drainMsMax?: number): Promise<void>
  /** Rejects when a permanent error has ended the consumer; resolves after stop(). */
  readonly ended: Promise<void>
}

export type FollowFrom = 'beginning' | 'end' | readonly number[]

export interface FollowOptions {
  readonly topic: string
  /** Offsets: per partition, the first record to deliver; an offset after the end of a partition means its end. */
  readonly from: FollowFrom
  /** Default: all partitions. */
  readonly partitions?: readonly number[]
  readonly onGap?: () => void
}

export type FollowHandler = (records: readonly StoredRecord[]) => void | Promise<void>

export interface Following {
  readonly caughtUp: Promise<void>
  stop(): Promise<void>
}

/** @returns the first offset to deliver per partition. @param ends end offsets at the call */
export const followOffsets = (from: FollowFrom, ends: readonly number[]): number[] =>
  ends.map((end, partition) => {
    if (typeof from !== 'string') return Math.min(from[partition] ?? 0, end)
    return from === 'beginning' ? 0 : end
  })
