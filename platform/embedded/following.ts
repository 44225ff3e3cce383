import type { Clock } from '../ports/clock.ts'
import {
  type FollowHandler,
  type Following,
  type FollowOptions,
  followOffsets,
  type StoredRecord,
} from '../ports/event-log.ts'
import type { Signals } from './signals.ts'
import type { KnownTopic, PartitionCursor, TopicReader } from './topic-reader.ts'
import { nextTurn, waitForGrowth } from './waiting.ts'

export interface FollowingParts {
  readonly reader: TopicReader
  readonly signals: Signals
  readonly clock: Clock
  readonly pollMs: number
  /** Called when the handler failed; its records are delivered again. */
  readonly onError: (error: unknown) => void
}

/** Maximum records per call of the handler. */
const batchRecordsMax = 100
const backOffMs = { first: 100, most: 5_000 }

/**
 * Reads all partitions of a topic, or those given, one batch after the other. A batch is retried until it is handled.
 */
export class EmbeddedFollowing implements Following {
  readonly caughtUp: Promise<void>
  private readonly topic: KnownTopic
  private readonly partitions: readonly number[]
  private readonly cursors: readonly PartitionCursor[]
  private readonly goals: readonly number[]
  private readonly stopping = new AbortController()
  private readonly done: Promise<void>
  private reached!: () => void

  constructor(
    private readonly parts: FollowingParts,
    { topic, from, partitions: chosen }: FollowOptions,
    private readonly handle: FollowHandler,
  ) {
    this.topic = parts.reader.topic(topic)
    const all = Array.from({ length: this.topic.partitions }, (_, partition) => partition)
    const ends = all.map((partition) => parts.reader.end(this.topic, partition))
    const offsets = followOffsets(from, ends)
    this.partitions = chosen ?? all
    this.goals = this.partitions.map((partition) => ends[partition]!)
    this.cursors = this.partitions.map((partition) => parts.reader.cursor(this.topic, partition, offsets[partition]!))
    this.caughtUp = new Promise((resolve) => {
      this.reached = resolve
    })
    this.done = this.run()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.done
  }

  private async run(): Promise<void> {
    const { signals, clock, pollMs } = this.parts
    const { signal } = this.stopping
    const exhausted = this.cursors.map(() => false)
    while (!signal.aborted) {
      let found = false
      for (const [i, cursor] of this.cursors.entries()) {
        const records = cursor.read(batchRecordsMax)
        exhausted[i] ||= records.length === 0
        if (records.length === 0) continue
        found = true
        await this.deliver(records.map(keepable))
        if (signal.aborted) return
        await nextTurn()
      }
      // Compaction may have removed the very last records of the goal, so the end of a partition counts as reaching it.
      if (this.cursors.every((cursor, i) => cursor.next >= this.goals[i]! || exhausted[i])) this.reached()
      if (!found) await waitForGrowth(signals, this.topic.id, this.partitions, clock, pollMs, signal)
    }
  }

  private async deliver(records: readonly StoredRecord[]): Promise<void> {
    const { signal } = this.stopping
    for (let ms = backOffMs.first; !signal.aborted; ms = Math.min(ms * 2, backOffMs.most)) {
      try {
        await this.handle(records)
        return
      } catch (error) {
        this.parts.onError(error)
        await this.parts.clock.sleep(ms, signal)
      }
    }
  }
}

/** Copies the value: a follower keeps values in memory, and a view would retain the whole chunk. */
function keepable(record: StoredRecord): StoredRecord {
  return record.value === null ? record : { ...record, value: Uint8Array.prototype.slice.call(record.value) }
}
