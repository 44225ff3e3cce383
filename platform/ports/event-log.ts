import type { TopicSpec } from '../../schema/topics.ts'

/**
 * EventLog: a partitioned, durable, keyed log. Kafka in production, LMDB in the one-process start.
 *
 * What every adapter promises (platform/ports/event-log.contract.ts holds them to it):
 * - records of one key keep their order, and all records of one key are in one partition (murmur2, as Kafka's own clients);
 * - an append that resolved survives the death of this process and of any one broker; one that rejected with a retriable
 *   error may or may not have been written: sending it again is safe for readers that count an event once;
 * - a group reads every record at least once; a batch is given again unless its handler resolved;
 * - two members of a group are never given the same partition of the same generation.
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
   * Follows every partition of a topic, or those given, without a group: the way to hold a table or a cache in memory.
   * `from: 'beginning'` replays the compacted topic first, offsets replay it from there on; the returned `caughtUp`
   * resolves once the records that existed at the call have been handled. After a gap (a reconnect that may have lost records) `onGap` is called.
   */
  follow(options: FollowOptions, handle: FollowHandler): Promise<Following>
  /** Reads a slice of one partition, oldest first: for tools (dead letters, rebuild, export). */
  read(topic: string, partition: number, fromOffset: number, limit: number): Promise<StoredRecord[]>
  /**
   * For each partition the offset that its log begins at: above 0 once retention has removed records. The first record may
   * stand later, where a transaction that was aborted, or compaction, has left a hole.
   */
  startOffsets(topic: string): Promise<number[]>
  /** For each partition the offset after its newest record. */
  endOffsets(topic: string): Promise<number[]>
  /** For each partition the first offset that the group has not committed yet (0 where it never has). */
  committedOffsets(group: string, topic: string): Promise<number[]>
  partitionCount(topic: string): Promise<number>
  /** Flushes what is buffered, ends every consumption, releases the folder or the connections. */
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
  /** Rising within a partition; with holes where compaction has removed older records of a key. */
  readonly offset: number
  /** When the log took it in, milliseconds since 1970. */
  readonly appendedAt: number
  readonly headers: Readonly<Record<string, string>>
  /**
   * Why `value` is no record but bytes of the log that could not be taken apart into records: a batch of another client,
   * in a codec or of a size that is not read. Given to groups, which set it aside; followers pass over it, and log it.
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
  /** Upper bound of a batch; a batch is never empty. Default 500. */
  readonly batchRecordsMax?: number
}

export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly StoredRecord[]
  /**
   * Takes records that wait behind the batch into it, at most `limit`: they are committed with it, or given again with it.
   * Empty where none wait at the moment, and once the handler shall come to its end.
   */
  readAhead(limit: number): readonly StoredRecord[]
  /** Commits what stands before `offset`: if the handler rejects later, it is given the records from there on. */
  commitBefore(offset: number): void
  /** Changes whenever this member's assignment may have changed: whatever was cached about its keys is then void. */
  readonly generation: number
  /** False once the partition has (or may have) moved to another member: stop early, write nothing more. */
  isOwned(): boolean
}

/** Resolving commits the batch; rejecting gives the same records again, after a back-off. */
export type BatchHandler = (batch: Batch) => Promise<void>

export interface Consumption {
  /** Stops taking batches, waits for those under way (at most `drainMsMax`), commits, leaves the group. */
  stop(drainMsMax?: number): Promise<void>
  /** Rejects when the consumer has ended for good by an error it could not recover from; never resolves before stop(). */
  readonly ended: Promise<void>
}

export type FollowFrom = 'beginning' | 'end' | readonly number[]

export interface FollowOptions {
  readonly topic: string
  /** Offsets: of each partition the first record that is given; beyond the end of a partition, its end. */
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

/** @returns of each partition the first offset that is given, with the ends as they stand at the call */
export const followOffsets = (from: FollowFrom, ends: readonly number[]): number[] =>
  ends.map((end, partition) => {
    if (typeof from !== 'string') return Math.min(from[partition] ?? 0, end)
    return from === 'beginning' ? 0 : end
  })
