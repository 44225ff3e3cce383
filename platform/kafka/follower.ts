import { AppError } from '../../schema/app-error.ts'
import type { Logger } from '../logger.ts'
import { systemClock } from '../ports/clock.ts'
import {
  type FollowFrom,
  type FollowHandler,
  type Following,
  followOffsets,
  type StoredRecord,
} from '../ports/event-log.ts'
import { FetchLoop, type Source } from './fetch-loop.ts'
import type { KafkaConnection } from './kafka-connection.ts'
import type { FetchedMessage } from './kafkajs-internals.ts'
import { toStoredRecord } from './records.ts'
import { settledWithin } from './settled-within.ts'

export interface FollowerOptions {
  /** The name on the brokers, with the namespace. */
  readonly topic: string
  /** The name in the code, without the namespace. */
  readonly topicName: string
  readonly from: FollowFrom
  /** Default: all partitions. */
  readonly partitions?: readonly number[] | undefined
  /** The offset after the newest record of each partition, as of now. */
  readonly endOffsets: readonly number[]
  readonly onGap?: () => void
  readonly fetchWaitMs: number
  readonly partitionBytesMax: number
  readonly logger: Logger
}

interface Delivery {
  readonly partition: number
  readonly records: readonly StoredRecord[]
  /** The position after them. */
  readonly position: number
}

const bufferRecordsMax = 5_000
const backoffMsMin = 100
const backoffMsMax = 5_000

/** Follows every partition of a topic, or those given, without a group: no coordination and no committed offsets. */
export class Follower implements Following {
  readonly caughtUp: Promise<void>
  private readonly loop: FetchLoop
  private readonly stopping = new AbortController()
  /** Partitions that have not reached their end as of the call, with that end. */
  private readonly behind: Map<number, number>
  private deliveries: Delivery[] = []
  private buffered = 0
  private onDelivery: (() => void) | undefined
  private resolveCaughtUp!: () => void
  private rejectCaughtUp!: (error: Error) => void
  private readonly running: Promise<void>

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: FollowerOptions,
    private readonly handle: FollowHandler,
  ) {
    this.caughtUp = new Promise((resolve, reject) => {
      this.resolveCaughtUp = resolve
      this.rejectCaughtUp = reject
    })
    this.caughtUp.catch(() => {}) // callers may await it; the rejection is handled here
    const { endOffsets, partitions = [...endOffsets.keys()] } = options
    const offsets = followOffsets(options.from, endOffsets)
    const behind = partitions.filter((partition) => offsets[partition]! < endOffsets[partition]!)
    this.behind = new Map(behind.map((partition) => [partition, endOffsets[partition]!]))
    if (this.behind.size === 0) this.resolveCaughtUp()
    const { fetchWaitMs, partitionBytesMax, logger, topic } = options
    this.loop = new FetchLoop(
      connection,
      partitions.map((partition) => this.source(partition, offsets[partition]!)),
      {
        waitMs: fetchWaitMs,
        partitionBytesMax,
        onError: (error) => logger.debug({ err: error, topic }, 'fetch failed; retrying'),
      },
    )
    this.running = this.run()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    this.onDelivery?.()
    this.rejectCaughtUp(
      new AppError('UNAVAILABLE', { message: `stopped before topic "${this.options.topicName}" was read to its end` }),
    )
    await settledWithin(5_000, this.running)
    void this.loop.stop()
    await settledWithin(2_000, this.connection.close())
  }

  private source(partition: number, position: number): Source {
    const source: Source = {
      topic: this.options.topic,
      partition,
      position,
      fallback: this.options.from === 'end' ? 'latest' : 'earliest',
      wants: () => this.buffered < bufferRecordsMax,
      deliver: (messages) => this.deliver(partition, messages, source.position),
      moved: (to) => {
        // Position 0 may be before the first record; a move from any other position means that records were missed.
        if (this.handled.has(partition) || this.options.from !== 'beginning') this.options.onGap?.()
        this.deliver(partition, [], to)
      },
    }
    return source
  }

  private readonly handled = new Set<number>()

  private deliver(partition: number, messages: readonly FetchedMessage[], position: number): void {
    if (messages.length === 0 && !this.behind.has(partition)) return
    const { topicName, topic, logger } = this.options
    const records: StoredRecord[] = []
    for (const message of messages) {
      const { offset, undecodable } = message
      if (undecodable === undefined) records.push(toStoredRecord(topicName, partition, message))
      else
        logger.error({ topic, partition, offset, reason: undecodable }, 'a batch could not be decoded and is skipped')
    }
    this.deliveries.push({ partition, records, position })
    this.buffered += records.length
    this.onDelivery?.()
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const { deliveries } = this
      if (deliveries.length === 0) {
        await new Promise<void>((resolve) => {
          this.onDelivery = resolve
        })
        continue
      }
      this.deliveries = []
      await this.handleUntilDone(deliveries.flatMap(({ records }) => records))
      const wasFull = this.buffered >= bufferRecordsMax
      for (const { records, partition, position } of deliveries) {
        this.buffered -= records.length
        this.handled.add(partition)
        if (position >= (this.behind.get(partition) ?? Number.POSITIVE_INFINITY)) this.behind.delete(partition)
      }
      if (wasFull) this.loop.wake()
      if (this.behind.size === 0) this.resolveCaughtUp()
    }
  }

  private async handleUntilDone(records: readonly StoredRecord[]): Promise<void> {
    if (records.length === 0) return
    const { signal } = this.stopping
    for (let backoffMs = backoffMsMin; !signal.aborted; backoffMs = Math.min(2 * backoffMs, backoffMsMax)) {
      try {
        return await this.handle(records)
      } catch (error) {
        this.options.logger.warn(
          { err: error, topic: this.options.topic },
          'handling the records of a topic failed; they are delivered again',
        )
        await systemClock.sleep(backoffMs, signal)
      }
    }
  }
}
