import { systemClock } from '../ports/clock.ts'
import type { Batch, BatchHandler, StoredRecord } from '../ports/event-log.ts'
import type { Source } from './fetch-loop.ts'
import type { FetchedMessage } from './kafkajs-internals.ts'
import { toStoredRecord } from './records.ts'

/** The generation of a group membership that a lane belongs to. */
export interface LaneMembership {
  readonly generation: number
  /** No new batches: a rebalance has begun, or the consumer stops. */
  readonly closing: AbortSignal
  isOwned(): boolean
}

export interface LaneOptions {
  /** The name in the code, without the namespace. */
  readonly topicName: string
  readonly batchRecordsMax: number
  readonly bufferRecordsMax: number
  readonly onDone: (lane: PartitionLane, nextOffset: number) => void
  readonly onRoom: () => void
  readonly onError: (error: unknown, lane: PartitionLane) => void
}

const backoffMsMin = 100
const backoffMsMax = 5_000

/**
 * One partition of this member: its buffer of fetched records, and the batch that is being handled. Lanes are
 * independent.
 */
export class PartitionLane implements Source {
  readonly fallback = 'earliest'
  /** Resolves when the handler has returned from its last batch. */
  readonly ended: Promise<void>
  private readonly buffer: StoredRecord[] = []
  private onRecords: (() => void) | undefined

  constructor(
    readonly topic: string,
    readonly partition: number,
    public position: number,
    private readonly handle: BatchHandler,
    private readonly membership: LaneMembership,
    private readonly options: LaneOptions,
  ) {
    membership.closing.addEventListener('abort', () => this.onRecords?.(), { once: true })
    this.ended = this.run()
  }

  wants(): boolean {
    return this.buffer.length < this.options.bufferRecordsMax
  }

  deliver(messages: readonly FetchedMessage[]): void {
    if (this.membership.closing.aborted) return
    for (const message of messages) {
      this.buffer.push(toStoredRecord(this.options.topicName, this.partition, message))
    }
    if (this.buffer.length > 0) this.onRecords?.()
  }

  private async run(): Promise<void> {
    const { closing } = this.membership
    while (!closing.aborted) {
      if (this.buffer.length === 0) {
        await new Promise<void>((resolve) => {
          this.onRecords = resolve
        })
        continue
      }
      await this.handleUntilDone(this.takeBuffered(this.options.batchRecordsMax))
    }
  }

  private takeBuffered(limit: number): StoredRecord[] {
    const wasFull = !this.wants()
    const records = this.buffer.splice(0, limit)
    if (wasFull && this.wants()) this.options.onRoom()
    return records
  }

  /** Delivers the same records until the handler resolves. Skips none and never rejects. */
  private async handleUntilDone(first: readonly StoredRecord[]): Promise<void> {
    const { closing } = this.membership
    let records = [...first]
    let next = first.at(-1)!.offset + 1
    const reach: Pick<Batch, 'readAhead' | 'commitBefore'> = {
      readAhead: (limit) => {
        const more = closing.aborted ? [] : this.takeBuffered(limit)
        records.push(...more)
        next = (more.at(-1)?.offset ?? next - 1) + 1
        return more
      },
      commitBefore: (offset) => {
        records = records.filter((record) => record.offset >= offset)
        if (this.membership.isOwned()) this.options.onDone(this, offset)
      },
    }
    for (let backoffMs = backoffMsMin; ; backoffMs = Math.min(2 * backoffMs, backoffMsMax)) {
      try {
        await this.handle({ ...this.batchOf([...records]), ...reach })
        if (this.membership.isOwned()) this.options.onDone(this, next)
        return
      } catch (error) {
        // Any error, also a TypeError: an error that left this function would end the consumer.
        if (closing.aborted) return
        this.options.onError(error, this)
        await systemClock.sleep(backoffMs, closing)
        if (closing.aborted) return
      }
    }
  }

  private batchOf(records: readonly StoredRecord[]): Omit<Batch, 'readAhead' | 'commitBefore'> {
    return {
      topic: this.options.topicName,
      partition: this.partition,
      records,
      generation: this.membership.generation,
      isOwned: () => this.membership.isOwned(),
    }
  }
}
