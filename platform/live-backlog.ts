import { topics } from '../schema/topics.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
}

/** Time that a visitor's event may wait behind others before the embed stage: the backlog is kept to what it does in it. */
const waitMsMax = 15
/** Bounds of that backlog in records of one partition, whatever the rate that was measured. */
const recordsMin = 64
const recordsMax = 1_000
/** Users of one partition that may wait to be ranked. */
const rankingRecordsMax = 4_000
const pollMs = 4
/** A measurement over a network takes longer: between two there is at least this multiple of its duration. */
const idleShare = 3
/** Without any progress for so long the stages do not run: nothing waits for them then. */
const stalledMsMax = 2_000
/** Weight of the newest measurement in the rate. */
const rateWeight = 0.3

interface Partition {
  readonly waiting: number
  readonly ranking: number
}

/**
 * The backlog before the stages that a visitor's list goes through. What nobody waits for is appended to topic
 * `interactions` only while this backlog is short: within `waitMsMax` by the measured rate of the embed stage, and within
 * the bounds in records.
 */
export class LiveBacklog {
  private readonly parts: Parts
  private stopped = false
  private measuring: Promise<readonly Partition[]> | undefined
  private committed: { readonly offsets: readonly number[]; readonly at: number } | undefined
  private readonly rates: number[] = []
  private progressAt = performance.now()
  private progress = -1

  constructor(parts: Parts) {
    this.parts = parts
  }

  /**
   * Resolves once records may be appended to a partition. @returns how many, at least one
   * All partitions together where none is named. Resolves at once after stop() and while no stage makes progress.
   */
  async room(partition?: number): Promise<number> {
    for (;;) {
      const partitions = await this.measure()
      const room = (state: Partition, n: number) =>
        state.ranking > rankingRecordsMax ? 0 : Math.max(0, this.allowed(n) - state.waiting)
      const total =
        partition === undefined
          ? partitions.reduce((sum, state, n) => sum + room(state, n), 0)
          : room(partitions[partition]!, partition)
      if (total > 0) return total
      if (this.stopped || performance.now() - this.progressAt > stalledMsMax) return recordsMax
      await this.parts.clock.sleep(pollMs)
    }
  }

  /** Whoever waits goes on. */
  stop(): void {
    this.stopped = true
  }

  private allowed(partition: number): number {
    return Math.min(recordsMax, Math.max(recordsMin, Math.ceil((this.rates[partition] ?? 0) * waitMsMax)))
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
    this.noteRates(embedded, waiting, now)
    this.noteProgress([...embedded, ...ranked], waiting, now)
    if (now - begun > 1) await clock.sleep(idleShare * (now - begun))
    return waiting.map((records, n) => ({ waiting: records, ranking: Math.max(0, vectors[n]! - (ranked[n] ?? 0)) }))
  }

  /** Records per ms, of partitions that have something to do. */
  private noteRates(committed: readonly number[], waiting: readonly number[], now: number): void {
    const before = this.committed
    this.committed = { offsets: committed, at: now }
    if (before === undefined || now <= before.at) return
    for (const [n, offset] of committed.entries()) {
      const done = offset - (before.offsets[n] ?? 0)
      if (done <= 0 && waiting[n] === 0) continue
      const rate = Math.max(0, done) / (now - before.at)
      this.rates[n] = (this.rates[n] ?? rate) * (1 - rateWeight) + rate * rateWeight
    }
  }

  private noteProgress(committed: readonly number[], waiting: readonly number[], now: number): void {
    const progress = committed.reduce((sum, offset) => sum + offset, 0)
    if (progress !== this.progress || waiting.every((records) => records === 0)) this.progressAt = now
    this.progress = progress
  }
}
