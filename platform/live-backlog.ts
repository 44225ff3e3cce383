import { topics } from '../schema/topics.ts'
import { BacklogWindow, recordsMax } from './backlog-window.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  /** Share of the allowed backlog that this instance may fill, above 0 to 1. Default: 1. */
  readonly share?: number
  /** Time of a monotonic clock, ms. Default: performance.now. */
  readonly elapsed?: () => number
}

/** Maximum users of one partition that wait to be ranked. */
const rankingRecordsMax = 4_000
const pollMs = 4
/** Minimum pause between two measurements, as a multiple of the duration of one: over a network they take longer. */
const idleShare = 3
/** Without progress for this time, the stages are assumed not to run, and callers no longer wait. */
const stalledMsMax = 2_000

interface Partition {
  readonly waiting: number
  readonly ranking: number
}

/**
 * The backlog of the stages that compute a visitor's list. Bulk records are appended to topic `interactions` only
 * while this backlog is short: limited in records, and in the time that the embed stage takes to apply it
 * (backlog-window.ts).
 */
export class LiveBacklog {
  private readonly share: number
  private readonly elapsed: () => number
  private readonly windows: BacklogWindow[] = []
  private stopped = false
  private measuring: Promise<readonly Partition[]> | undefined
  private progressAt: number
  private progress = -1

  constructor(private readonly parts: Parts) {
    this.share = parts.share ?? 1
    this.elapsed = parts.elapsed ?? (() => performance.now())
    this.progressAt = this.elapsed()
  }

  /**
   * Waits until records may be appended. Resolves at once after stop() and while no stage makes progress.
   * @param partition default: all partitions together
   * @returns how many records may be appended, at least one
   */
  async room(partition?: number): Promise<number> {
    for (;;) {
      const partitions = await this.measure()
      const total =
        partition === undefined
          ? partitions.reduce((sum, state, n) => sum + this.roomOf(state, n), 0)
          : this.roomOf(partitions[partition]!, partition)
      if (total > 0) return total
      if (this.stopped || this.elapsed() - this.progressAt > stalledMsMax) return recordsMax
      await this.parts.clock.sleep(pollMs)
    }
  }

  /** Ends all waits. */
  stop(): void {
    this.stopped = true
  }

  private roomOf({ waiting, ranking }: Partition, partition: number): number {
    if (ranking > rankingRecordsMax * this.share) return 0
    return Math.max(0, Math.ceil(this.windowOf(partition).allowed * this.share) - waiting)
  }

  private windowOf(partition: number): BacklogWindow {
    this.windows[partition] ??= new BacklogWindow()
    return this.windows[partition]
  }

  /** One measurement at a time, shared by all callers. */
  private measure(): Promise<readonly Partition[]> {
    this.measuring ??= this.measureNow().finally(() => {
      this.measuring = undefined
    })
    return this.measuring
  }

  private async measureNow(): Promise<readonly Partition[]> {
    const { log, clock } = this.parts
    const begun = this.elapsed()
    const [embedded, ranked] = await Promise.all([
      log.committedOffsets('embed', topics.interactions),
      log.committedOffsets('recommend', topics.userVectors),
    ])
    // End offsets are read afterwards: records that are appended in between count as waiting.
    const [events, vectors] = await Promise.all([
      log.endOffsets(topics.interactions),
      log.endOffsets(topics.userVectors),
    ])
    const now = this.elapsed()
    const waiting = events.map((end, n) => Math.max(0, end - (embedded[n] ?? 0)))
    for (const [n, end] of events.entries()) this.windowOf(n).observe(embedded[n] ?? 0, end, now)
    this.noteProgress([...embedded, ...ranked], waiting, now)
    if (now - begun > 1) await clock.sleep(idleShare * (now - begun))
    return waiting.map((records, n) => ({ waiting: records, ranking: Math.max(0, vectors[n]! - (ranked[n] ?? 0)) }))
  }

  private noteProgress(committed: readonly number[], waiting: readonly number[], now: number): void {
    const progress = committed.reduce((sum, offset) => sum + offset, 0)
    if (progress !== this.progress || waiting.every((records) => records === 0)) this.progressAt = now
    this.progress = progress
  }
}
