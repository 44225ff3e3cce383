import type { Clock } from '../ports/clock.ts'
import type { Batch, BatchHandler, ConsumeOptions, Consumption, StoredRecord } from '../ports/event-log.ts'
import { type PartitionRef, refKey } from './assignment.ts'
import type { Coordination } from './coordination.ts'
import { type Assignment, GroupMember } from './group-member.ts'
import { groupOffsetKey } from './keys.ts'
import type { Signals } from './signals.ts'
import type { KnownTopic, PartitionCursor, TopicReader } from './topic-reader.ts'
import { nextTurn, waitForGrowth } from './waiting.ts'
import type { WriteQueue } from './write-queue.ts'

export interface ConsumptionParts {
  readonly coordination: Coordination
  readonly reader: TopicReader
  readonly queue: WriteQueue
  readonly signals: Signals
  readonly clock: Clock
  readonly options: { readonly heartbeatMs: number; readonly leaseMs: number; readonly pollMs: number }
  /** Called when a handler of `follow` failed; its records are delivered again. */
  readonly onError: (error: unknown) => void
}

const batchRecordsDefault = 500
const backOffMs = { first: 100, most: 10_000 }
const drainMsDefault = 10_000

/** One member of a group: takes and releases partitions as the group assigns them, and runs a loop per partition. */
export class EmbeddedConsumption implements Consumption {
  readonly ended: Promise<void>
  private readonly consume: Required<ConsumeOptions>
  private readonly member: GroupMember
  private readonly refs = new Map<string, { topic: KnownTopic; ref: PartitionRef }>()
  private readonly running = new Map<string, PartitionRun>()
  private readonly stopping = new AbortController()
  private readonly unsubscribe: () => void
  private wake = new AbortController()
  private generation = 0
  private end!: { resolve(): void; reject(error: unknown): void }
  private stopped: Promise<void> | undefined

  constructor(
    private readonly parts: ConsumptionParts,
    options: ConsumeOptions,
    private readonly handle: BatchHandler,
  ) {
    this.consume = { batchRecordsMax: batchRecordsDefault, ...options }
    const counts = new Map<string, number>()
    for (const name of options.topics) {
      const topic = parts.reader.topic(name)
      counts.set(name, topic.partitions)
      for (let partition = 0; partition < topic.partitions; partition++) {
        const ref = { topic: name, partition }
        this.refs.set(refKey(ref), { topic, ref })
      }
    }
    const { leaseMs } = parts.options
    this.member = new GroupMember(parts.coordination, { group: options.group, partitionCounts: counts, leaseMs })
    this.unsubscribe = parts.signals.onGroup(options.group, () => this.wake.abort())
    this.ended = new Promise((resolve, reject) => {
      this.end = { resolve, reject }
    })
    this.ended.catch(() => {})
  }

  /** Joins, and keeps the membership alive until the stop. */
  async run(): Promise<void> {
    try {
      while (!this.stopping.signal.aborted) {
        this.tick([])
        this.wake = new AbortController()
        await this.parts.clock.sleep(this.parts.options.heartbeatMs, this.wake.signal)
      }
    } catch (error) {
      this.end.reject(error)
      void this.stop(0)
    }
  }

  stop(drainMsMax = drainMsDefault): Promise<void> {
    this.stopped ??= this.drainAndLeave(drainMsMax)
    return this.stopped
  }

  private async drainAndLeave(drainMsMax: number): Promise<void> {
    this.stopping.abort()
    this.wake.abort()
    this.unsubscribe()
    const runs = [...this.running.values()]
    for (const run of runs) run.finish()
    const expired = new AbortController()
    await Promise.race([Promise.all(runs.map((run) => run.done)), this.parts.clock.sleep(drainMsMax, expired.signal)])
    expired.abort()
    for (const run of runs) run.lose()
    await this.parts.queue.flush()
    this.member.leave()
    this.parts.signals.groupChanged(this.consume.group)
    this.end.resolve()
  }

  private tick(released: readonly string[]) {
    const { assignment, changed, evicted } = this.member.sync(released)
    if (evicted) this.loseAll()
    this.generation = assignment.generation
    this.apply(assignment)
    if (changed) this.parts.signals.groupChanged(this.consume.group)
  }

  private loseAll() {
    for (const run of this.running.values()) run.lose()
    this.running.clear()
  }

  private apply({ keep, release }: Assignment) {
    for (const [key, run] of this.running) {
      if (!keep.has(key) && !release.has(key)) {
        run.lose()
        this.running.delete(key)
      }
    }
    for (const key of release) {
      const run = this.running.get(key)
      if (run === undefined) queueMicrotask(() => this.releasePartition(key))
      else run.finish()
    }
    for (const key of keep) if (!this.running.has(key)) this.start(key)
  }

  private start(key: string) {
    const { topic, ref } = this.refs.get(key)!
    const { reader, queue, signals, clock, options } = this.parts
    const { group, batchRecordsMax } = this.consume
    const run: PartitionRun = new PartitionRun({
      cursor: reader.cursor(topic, ref.partition, reader.committed(group, topic, ref.partition)),
      batchRecordsMax,
      handle: (records, reach) => this.handle({ ...this.batchOf(run, ref, records), ...reach }),
      backOff: (ms, signal) => clock.sleep(ms, signal),
      waitForMore: (signal) => waitForGrowth(signals, topic.id, [ref.partition], clock, options.pollMs, signal),
      commit: (offset) => void queue.commitOffset(groupOffsetKey(group, topic.id, ref.partition), offset),
      isHeard: () => this.isHeard(),
    })
    this.running.set(key, run)
    void run.done.then(async () => {
      await queue.flush()
      if (this.running.get(key) === run) this.releasePartition(key)
    })
  }

  /**
   * A thread that was blocked for longer than its lease checks its membership instead of stopping: it owns its
   * partitions until another member takes them. A batch that takes longer than the lease would otherwise never be
   * completed.
   */
  private isHeard(): boolean {
    if (!this.member.isHeard && !this.stopping.signal.aborted) this.tick([])
    return this.member.isHeard
  }

  private releasePartition(key: string) {
    if (this.stopping.signal.aborted) return
    this.running.delete(key)
    this.tick([key])
  }

  private batchOf(run: PartitionRun, ref: PartitionRef, records: readonly StoredRecord[]): Omit<Batch, keyof Reach> {
    return {
      topic: ref.topic,
      partition: ref.partition,
      records,
      generation: this.generation,
      isOwned: () => run.isOwned,
    }
  }
}

/** How a handler may extend a batch, or commit part of it. */
type Reach = Pick<Batch, 'readAhead' | 'commitBefore'>

interface PartitionRunParts {
  readonly cursor: PartitionCursor
  readonly batchRecordsMax: number
  handle(records: readonly StoredRecord[], reach: Reach): Promise<void>
  backOff(ms: number, signal: AbortSignal): Promise<void>
  waitForMore(signal: AbortSignal): Promise<void>
  commit(offset: number): void
  isHeard(): boolean
}

/** The loop over one partition: read, deliver until the handler succeeds, commit, repeat. */
class PartitionRun {
  readonly done: Promise<void>
  private readonly finishing = new AbortController()
  private lost = false

  constructor(private readonly parts: PartitionRunParts) {
    this.done = this.run()
  }

  get isOwned(): boolean {
    return this.parts.isHeard() && !this.lost // in this order: isHeard may find that it is lost
  }

  /** No further batch; the one in progress is finished and committed. */
  finish() {
    this.finishing.abort()
  }

  /** Another member has the partition, or may have it: this run commits nothing any more. */
  lose() {
    this.lost = true
    this.finishing.abort()
  }

  private async run(): Promise<void> {
    const { cursor, batchRecordsMax, commit, waitForMore } = this.parts
    const { signal } = this.finishing
    while (!signal.aborted) {
      await nextTurn()
      if (signal.aborted) return
      const records = cursor.read(batchRecordsMax)
      if (records.length === 0) await waitForMore(signal)
      else if ((await this.deliver(records)) && !this.lost) commit(cursor.next)
    }
  }

  private async deliver(first: readonly StoredRecord[]): Promise<boolean> {
    let records = [...first]
    const { signal } = this.finishing
    const reach: Reach = {
      readAhead: (limit) => {
        const more = signal.aborted ? [] : this.parts.cursor.read(limit)
        records.push(...more)
        return more
      },
      commitBefore: (offset) => {
        records = records.filter((record) => record.offset >= offset)
        if (!this.lost) this.parts.commit(offset)
      },
    }
    for (let ms = backOffMs.first; ; ms = Math.min(ms * 2, backOffMs.most)) {
      try {
        await this.parts.handle([...records], reach)
        return true
      } catch {
        // The handler reports its own errors; here it matters only that it failed.
        if (this.finishing.signal.aborted) return false
        await this.parts.backOff(ms, this.finishing.signal)
        if (this.finishing.signal.aborted) return false
      }
    }
  }
}
