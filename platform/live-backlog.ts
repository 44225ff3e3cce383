import { topics } from '../schema/topics.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  /** Share of the room that may be used, above 0 to 1: what may wait leaves the rest to others. Default 1. */
  readonly share?: number
}

/**
 * What is appended should be applied within so long, ms, the commit of the offsets included. A partition where it takes
 * longer gets less at a time, one where it takes less gets more.
 */
const waitMsMax = 50
/** Bounds of the backlog in records of one partition. */
const recordsMin = 64
const recordsMax = 500
const growth = 1.25
const decrease = 0.8
/** Users of one partition that may wait to be ranked. */
const rankingRecordsMax = 4_000
const pollMs = 4
/** A measurement over a network takes longer: between two there is at least this multiple of its duration. */
const idleShare = 3
/** Without any progress for so long the stages do not run: nothing waits for them then. */
const stalledMsMax = 2_000

interface Partition {
  readonly waiting: number
  readonly ranking: number
}

/** How many records may wait in a partition, and the end of it whose way is being timed. */
interface Window {
  allowed: number
  timed: { readonly end: number; readonly since: number } | undefined
}

/**
 * The backlog before the stages that a visitor's list goes through. What nobody waits for is appended to topic
 * `interactions` only while this backlog is short: in records, and so that the embed stage applies it within `waitMsMax`.
 */
export class LiveBacklog {
  private readonly parts: Parts
  private readonly share: number
  private readonly windows: Window[] = []
  private stopped = false
  private measuring: Promise<readonly Partition[]> | undefined
  private progressAt = performance.now()
  private progress = -1

  constructor(parts: Parts) {
    this.parts = parts
    this.share = parts.share ?? 1
  }

  /**
   * Resolves once records may be appended to a partition. @returns how many, at least one
   * All partitions together where none is named. Resolves at once after stop() and while no stage makes progress.
   */
  async room(partition?: number): Promise<number> {
    for (;;) {
      const partitions = await this.measure()
      const total =
        partition === undefined
          ? partitions.reduce((sum, state, n) => sum + this.roomOf(state, n), 0)
          : this.roomOf(partitions[partition]!, partition)
      if (total > 0) return total
      if (this.stopped || performance.now() - this.progressAt > stalledMsMax) return recordsMax
      await this.parts.clock.sleep(pollMs)
    }
  }

  /** Whoever waits goes on. */
  stop(): void {
    this.stopped = true
  }

  private roomOf({ waiting, ranking }: Partition, partition: number): number {
    if (ranking > rankingRecordsMax * this.share) return 0
    return Math.max(0, Math.ceil(this.windowOf(partition).allowed * this.share) - waiting)
  }

  private windowOf(partition: number): Window {
    this.windows[partition] ??= { allowed: recordsMin, timed: undefined }
    return this.windows[partition]
  }

  /** One measurement at a time, shared by everybody who waits. */
  private measure(): Promise<readonly Partition[]> {
    this.measuring ??= this.measureNow().finally(() => {
      this.measuring = undefined
    })
    return this.measuring
  }

  private async measureNow(): Promise<readonly Partition[]> {
    const { log, clock } = this.parts
    const begun = performance.now()
    const [embedded, ranked] = await Promise.all([
      log.committedOffsets('embed', topics.interactions),
      log.committedOffsets('recommend', topics.userVectors),
    ])
    // The ends afterwards: what comes in between counts as waiting.
    const [events, vectors] = await Promise.all([
      log.endOffsets(topics.interactions),
      log.endOffsets(topics.userVectors),
    ])
    const now = performance.now()
    const waiting = events.map((end, n) => Math.max(0, end - (embedded[n] ?? 0)))
    for (const [n, end] of events.entries()) adjust(this.windowOf(n), embedded[n] ?? 0, end, now)
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

/** Larger while what is appended is applied in time, smaller otherwise. */
function adjust(window: Window, committed: number, end: number, now: number): void {
  const { timed } = window
  if (timed !== undefined && committed >= timed.end) {
    const factor = now - timed.since <= waitMsMax ? growth : decrease
    window.allowed = Math.min(recordsMax, Math.max(recordsMin, Math.round(window.allowed * factor)))
    window.timed = undefined
  }
  if (end > committed) window.timed ??= { end, since: now }
}
