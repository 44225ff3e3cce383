import { systemClock } from '../ports/clock.ts'
import type { StoredRecord } from '../ports/event-log.ts'
import { listOffset } from './fetch-loop.ts'
import { committedOffsets, onCoordinator } from './group-member.ts'
import type { KafkaConnection } from './kafka-connection.ts'
import { remedyOf, unavailable } from './kafka-errors.ts'
import { earliest, latest, readCommitted } from './kafkajs-internals.ts'
import { offsetAfter, recordsFrom, toStoredRecord } from './records.ts'

const askMsMax = 20_000
const sliceBytesMax = 1024 * 1024

/**
 * Requests of tools and tests: slices of a partition, end offsets, committed offsets. Each is retried for up to
 * `askMsMax`.
 */
export class KafkaTools {
  constructor(
    private readonly connection: KafkaConnection,
    private readonly nameOf: (name: string) => string,
    private readonly partitionCount: (topic: string) => Promise<number>,
  ) {}

  /** Resolves when every partition has a leader. */
  awaitLeaders(topic: string): Promise<void> {
    return this.ask(`topic "${topic}" has no leaders yet`, async () => {
      const leaders = await this.connection.leaders(this.nameOf(topic))
      if (leaders.some((leader) => leader < 0)) throw new Error('a partition has no leader')
    })
  }

  async read(topic: string, partition: number, fromOffset: number, limit: number): Promise<StoredRecord[]> {
    const records: StoredRecord[] = []
    let position = fromOffset
    while (records.length < limit) {
      const { messages, highWatermark, abortedTransactions } = await this.ask(
        `topic "${topic}" could not be read`,
        () => this.fetchFrom(this.nameOf(topic), partition, position),
      )
      for (const message of recordsFrom(messages, position, abortedTransactions)) {
        if (records.length < limit) records.push(toStoredRecord(topic, partition, message))
      }
      const next = offsetAfter(messages, position)
      if (next === position || next >= highWatermark) break
      position = next
    }
    return records
  }

  startOffsets(topic: string): Promise<number[]> {
    return this.offsets(topic, earliest, 'start')
  }

  endOffsets(topic: string): Promise<number[]> {
    return this.offsets(topic, latest, 'end')
  }

  private async offsets(topic: string, which: typeof earliest | typeof latest, what: string): Promise<number[]> {
    const name = this.nameOf(topic)
    const count = await this.partitionCount(topic)
    return this.ask(`the ${what} offsets of topic "${topic}" could not be read`, () =>
      Promise.all(
        Array.from({ length: count }, (_, partition) =>
          this.connection.onLeader(name, partition, (broker) => listOffset(broker, name, partition, which)),
        ),
      ),
    )
  }

  async committedOffsets(group: string, topic: string): Promise<number[]> {
    const partitions = Array.from({ length: await this.partitionCount(topic) }, (_, partition) => partition)
    const groupId = this.nameOf(group)
    const offsets = await this.ask(`the committed offsets of group "${group}" could not be read`, () =>
      onCoordinator(this.connection, groupId, (coordinator) =>
        committedOffsets(coordinator, groupId, this.nameOf(topic), partitions),
      ),
    )
    return partitions.map((partition) => offsets.get(partition) ?? 0)
  }

  private fetchFrom(topic: string, partition: number, position: number) {
    return this.connection.onLeader(topic, partition, async (broker) => {
      const start = await listOffset(broker, topic, partition, earliest)
      const fetchOffset = String(Math.max(start, position))
      const { responses } = await broker.fetch({
        maxWaitTime: 0,
        minBytes: 0,
        maxBytes: sliceBytesMax,
        isolationLevel: readCommitted,
        topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes: sliceBytesMax }] }],
      })
      const answer = responses[0]?.partitions[0]
      const { messages = [], highWatermark = 0, abortedTransactions = [] } = answer ?? {}
      return { messages, highWatermark: Number(highWatermark), abortedTransactions }
    })
  }

  /**
   * Retries a request that may fail temporarily, for up to `askMsMax`: a leader that moves, a coordinator that
   * starts.
   */
  private async ask<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + askMsMax
    for (let backoffMs = 100; ; backoffMs = Math.min(2 * backoffMs, 1_000)) {
      try {
        return await request()
      } catch (error) {
        if (remedyOf(error) === 'none' || performance.now() > deadline) throw unavailable(what, error)
        await systemClock.sleep(backoffMs)
      }
    }
  }
}
