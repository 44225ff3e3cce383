import type { KafkaConnection } from './kafka-connection.ts'
import { typeOf } from './kafka-errors.ts'
import { earliest, type FetchedMessage, type KafkaBroker, latest, readCommitted } from './kafkajs-internals.ts'
import { offsetAfter, recordsFrom } from './records.ts'

/** One partition that is read continuously from a position. */
export interface Source {
  readonly topic: string
  readonly partition: number
  /** The next offset to fetch; advanced by the loop. */
  position: number
  /** False while its buffer is full: it is not fetched until `wake`. */
  wants(): boolean
  deliver(messages: readonly FetchedMessage[]): void
  /** Called when the log no longer has the position (retention), or never had it. */
  moved?(position: number): void
  /** Where to continue in that case. */
  readonly fallback: 'earliest' | 'latest'
}

export interface FetchLoopOptions {
  /** Maximum time that a broker waits for records before it answers. */
  readonly waitMs: number
  readonly partitionBytesMax: number
  readonly onError?: (error: unknown) => void
}

const answerBytesMax = 8 * 1024 * 1024
const backoffMsMin = 50
const backoffMsMax = 1_000
const superviseMs = 1_000

/**
 * Reads partitions without a group: one loop per broker that leads some of them, so that a slow broker or a full
 * buffer does not delay the others. Positions are kept here, so a reconnect or a failover loses no records.
 */
export class FetchLoop {
  private readonly loops = new Map<number, Promise<void>>()
  private readonly leaders = new Map<Source, number>()
  private readonly wakeUps = new Set<() => void>()
  /** Sources with a fetch in flight: while a leader moves, two loops may have the same source. */
  private readonly fetching = new Set<Source>()
  private stopped = false
  private readonly supervising: Promise<void>

  constructor(
    private readonly connection: KafkaConnection,
    private readonly sources: readonly Source[],
    private readonly options: FetchLoopOptions,
  ) {
    this.supervising = this.supervise()
  }

  /** Must be called when a source wants records again. */
  wake(): void {
    for (const wakeUp of [...this.wakeUps]) wakeUp()
  }

  /** Resolves once nothing more will be delivered. */
  async stop(): Promise<void> {
    this.stopped = true
    this.wake()
    await this.supervising
    await Promise.all(this.loops.values())
  }

  /** Starts a loop for every broker that leads a source, repeatedly: leaders move. */
  private async supervise(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.findLeaders()
      } catch (error) {
        this.options.onError?.(error)
      }
      for (const leader of new Set(this.leaders.values())) {
        if (leader >= 0 && !this.loops.has(leader)) {
          this.loops.set(
            leader,
            this.follow(leader).finally(() => this.loops.delete(leader)),
          )
        }
      }
      const complete = this.sources.every((source) => (this.leaders.get(source) ?? -1) >= 0)
      await this.pause(complete ? superviseMs : backoffMsMin * 2)
    }
  }

  private async findLeaders(): Promise<void> {
    for (const topic of new Set(this.sources.map((source) => source.topic))) {
      const leaders = await this.connection.leaders(topic)
      for (const source of this.sources) {
        if (source.topic === topic) this.leaders.set(source, leaders[source.partition] ?? -1)
      }
    }
  }

  private async follow(leader: number): Promise<void> {
    let backoffMs = backoffMsMin
    while (!this.stopped) {
      const led = this.sources.filter((source) => this.leaders.get(source) === leader)
      if (led.length === 0) return
      const wanting = led.filter((source) => source.wants() && !this.fetching.has(source))
      if (wanting.length === 0) {
        await this.pause(this.options.waitMs)
        continue
      }
      try {
        for (const source of wanting) this.fetching.add(source)
        await this.fetch(leader, wanting).finally(() => {
          for (const source of wanting) this.fetching.delete(source)
        })
        backoffMs = backoffMsMin
      } catch (error) {
        if (this.stopped) return
        if (typeOf(error) === 'OFFSET_OUT_OF_RANGE') await this.reposition(wanting).catch(() => {})
        else this.options.onError?.(error)
        await this.findLeaders().catch(() => {})
        await sleep(backoffMs)
        backoffMs = Math.min(2 * backoffMs, backoffMsMax)
      }
    }
  }

  private async fetch(leader: number, wanting: readonly Source[]): Promise<void> {
    const topics = [...new Set(wanting.map(({ topic }) => topic))].map((topic) => ({
      topic,
      partitions: wanting
        .filter((source) => source.topic === topic)
        .map(({ partition, position }) => ({
          partition,
          fetchOffset: String(position),
          maxBytes: this.options.partitionBytesMax,
        })),
    }))
    const { responses } = await this.connection.use(async (cluster) => {
      await cluster.refreshMetadataIfNecessary()
      const broker = await cluster.findBroker({ nodeId: leader })
      return broker.fetch({
        maxWaitTime: this.options.waitMs,
        minBytes: 1,
        maxBytes: answerBytesMax,
        isolationLevel: readCommitted,
        topics,
      })
    })
    if (this.stopped) return
    for (const { topicName, partitions } of responses) {
      for (const { partition, messages, abortedTransactions } of partitions) {
        const source = wanting.find((candidate) => candidate.topic === topicName && candidate.partition === partition)
        if (!source) continue
        const { position } = source
        const fresh = recordsFrom(messages, position, abortedTransactions)
        source.position = offsetAfter(messages, position)
        source.deliver(fresh)
      }
    }
  }

  /** Moves sources whose position is outside of their log to its start or end. */
  private async reposition(sources: readonly Source[]): Promise<void> {
    for (const source of sources) {
      const { topic, partition, position, fallback } = source
      await this.connection.onLeader(topic, partition, async (broker) => {
        const start = await listOffset(broker, topic, partition, earliest)
        const end = await listOffset(broker, topic, partition, latest)
        if (position >= start && position <= end) return
        source.position = fallback === 'earliest' ? start : end
        source.moved?.(source.position)
      })
    }
  }

  private pause(ms: number): Promise<void> {
    if (this.stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const wakeUp = () => {
        clearTimeout(timer)
        this.wakeUps.delete(wakeUp)
        resolve()
      }
      const timer = setTimeout(wakeUp, ms)
      this.wakeUps.add(wakeUp)
    })
  }
}

/** Returns the first offset of a partition (`earliest`), or the one after its newest record (`latest`). */
export async function listOffset(
  broker: KafkaBroker,
  topic: string,
  partition: number,
  which: number,
): Promise<number> {
  const { responses } = await broker.listOffsets({ topics: [{ topic, partitions: [{ partition, timestamp: which }] }] })
  return Number(responses[0]?.partitions[0]?.offset)
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
