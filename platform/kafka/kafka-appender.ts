import { chunkByBytes } from '../chunk-by-bytes.ts'
import type { OutageLog } from '../outage-log.ts'
import { partitionOf } from '../partitioner.ts'
import type { LogRecord, Position } from '../ports/event-log.ts'
import { ByteBudget } from './byte-budget.ts'
import { writtenCompression } from './codecs/register.ts'
import type { KafkaConnection } from './kafka-connection.ts'
import { typeOf, unavailable } from './kafka-errors.ts'
import { PartitionAppender } from './partition-appender.ts'
import { produce } from './produce.ts'
import { type EncodedMessage, encodeBatch } from './record-batch.ts'

export interface AppenderOptions {
  /** An append without a confirmation for this time is rejected as retriable. */
  readonly appendMsMax: number
  /** Maximum bytes of records that are queued or in flight; further appends wait, then are rejected. */
  readonly bufferBytesMax: number
  /** How long the first record of an idle partition waits for further records of its batch. */
  readonly lingerMs: number
  /** Batches from this size are compressed. */
  readonly compressedBytesMin: number
  readonly onRetry?: (error: unknown) => void
  readonly outages: OutageLog
}

const batchBytesMax = 512 * 1024
const recordOverheadBytes = 32
const brokerMsMax = 10_000
const sweepMs = 100
/** How long a topic that was just created may be unknown to a broker. */
const missingTopicMsMax = 2_000

/** Appends to all topics over one connection per broker. */
export class KafkaAppender {
  private readonly budget: ByteBudget
  private readonly partitions = new Map<string, Promise<number>>()
  private readonly appenders = new Map<string, PartitionAppender>()
  private readonly sweep: NodeJS.Timeout
  private closed = false

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: AppenderOptions,
  ) {
    this.budget = new ByteBudget(options.bufferBytesMax)
    this.sweep = setInterval(() => this.expire(), sweepMs).unref()
  }

  /** @param topic the name on the brokers, with the namespace */
  append(topic: string, records: readonly LogRecord[]): Promise<Position[]> {
    if (records.length === 0) return Promise.resolve([])
    return this.options.outages.watch(this.appendNow(topic, records), { topic })
  }

  private async appendNow(topic: string, records: readonly LogRecord[]): Promise<Position[]> {
    if (this.closed) throw unavailable('an append was rejected: the log is closed')
    const deadline = performance.now() + this.options.appendMsMax
    const count = await this.partitionCount(topic, deadline)
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0)
    if (!this.budget.tryTake(bytes) && !(await this.budget.take(bytes, deadline - performance.now()))) {
      throw unavailable(`the buffer is full: ${this.budget.bytesUsed} bytes wait for confirmation`)
    }
    try {
      return await this.distribute(topic, records, count, deadline)
    } finally {
      this.budget.release(bytes)
    }
  }

  /** Returns the number of partitions. Read once: it does not change within an epoch. */
  partitionCount(topic: string, deadline = performance.now() + this.options.appendMsMax): Promise<number> {
    const known = this.partitions.get(topic)
    if (known) return known
    const asked = this.askPartitionCount(topic, deadline)
    this.partitions.set(topic, asked)
    asked.catch(() => this.partitions.delete(topic))
    return asked
  }

  /** Waits for appends in flight, at most until their deadlines. */
  async close(): Promise<void> {
    this.closed = true
    while ([...this.appenders.values()].some(({ idle }) => !idle)) {
      this.expire()
      if (this.budget.bytesUsed === 0) break
      await pause(10)
    }
    clearInterval(this.sweep)
  }

  private async askPartitionCount(topic: string, deadline: number): Promise<number> {
    const deadlineIfMissing = Math.min(deadline, performance.now() + missingTopicMsMax)
    for (;;) {
      try {
        return (await withDeadline(this.connection.leaders(topic), deadline)).length
      } catch (error) {
        if (performance.now() + 100 >= (isMissing(error) ? deadlineIfMissing : deadline))
          throw unavailable(`the partitions of topic "${topic}" could not be read`, error)
        await pause(100)
      }
    }
  }

  private async distribute(topic: string, records: readonly LogRecord[], count: number, deadline: number) {
    const groups = new Map<number, number[]>()
    for (const [index, { key }] of records.entries()) {
      const partition = partitionOf(key, count)
      const group = groups.get(partition)
      if (group) group.push(index)
      else groups.set(partition, [index])
    }
    const positions = new Array<Position>(records.length)
    const confirmations: Promise<void>[] = []
    for (const [partition, indexes] of groups) {
      // The brokers reject batches over 1 MiB.
      for (const part of chunkByBytes(indexes, (index) => sizeOf(records[index]!), batchBytesMax)) {
        const confirmed = this.share(topic, partition, part, records, deadline)
        confirmations.push(
          confirmed.then((baseOffset) => {
            for (const [at, index] of part.entries()) positions[index] = { partition, offset: baseOffset + at }
          }),
        )
      }
    }
    await Promise.all(confirmations)
    return positions
  }

  private share(
    topic: string,
    partition: number,
    indexes: readonly number[],
    records: readonly LogRecord[],
    deadline: number,
  ): Promise<number> {
    const messages = indexes.map((index) => encode(records[index]!))
    const bytes = indexes.reduce((sum, index) => sum + sizeOf(records[index]!), 0)
    return new Promise((resolve, reject) => {
      this.appenderOf(topic, partition).add({ messages, bytes, deadline, resolve, reject })
    })
  }

  private appenderOf(topic: string, partition: number): PartitionAppender {
    const name = `${topic}/${partition}`
    const known = this.appenders.get(name)
    if (known) return known
    const { lingerMs, onRetry } = this.options
    const send = (messages: readonly EncodedMessage[], bytes: number) => this.send(topic, partition, messages, bytes)
    const appender = new PartitionAppender({ send, lingerMs, onRetry, batchBytesMax })
    this.appenders.set(name, appender)
    return appender
  }

  private async send(
    topic: string,
    partition: number,
    messages: readonly EncodedMessage[],
    bytes: number,
  ): Promise<number> {
    const compression = bytes >= this.options.compressedBytesMin ? writtenCompression : undefined
    const batch = await encodeBatch(messages, Date.now(), compression)
    return this.connection.onLeader(topic, partition, (broker) =>
      produce(broker, { topic, partition, batch, brokerMsMax }),
    )
  }

  private expire(): void {
    const now = performance.now()
    for (const appender of this.appenders.values()) appender.expire(now)
  }
}

const isMissing = (error: unknown): boolean => typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION'

const sizeOf = ({ key, value }: LogRecord): number => key.length + (value?.length ?? 0) + recordOverheadBytes

const noHeaders: EncodedMessage['headers'] = {}

function encode({ key, value, headers = noHeaders }: LogRecord): EncodedMessage {
  const bytes = value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return { key, value: bytes, headers }
}

function withDeadline<Value>(promise: Promise<Value>, deadline: number): Promise<Value> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error('no answer within the deadline of the append')),
      Math.max(0, deadline - performance.now()),
    )
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
