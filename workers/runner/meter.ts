import { build, type Histogram } from 'hdr-histogram-js'
import type { Batch } from '../../platform/ports/event-log.ts'
import { ageMsMax, ageMsOf } from '../../schema/records/headers.ts'
import { latencyBounds, type StageReport } from '../../schema/records/stage-status.ts'
import { createPartitionCount, type PartitionRecords } from './partition-count.ts'

/**
 * Counts the work of one stage; a report is made once a second. Times are from the event's acceptance to the end of the
 * stage.
 */
export interface StageMeter {
  done(batch: Pick<Batch, 'records'>, deadLetters: number, now: number): void
  /** Number of records of the batch that were outside their key's partition and were forwarded to it. */
  forwarded(batch: Pick<Batch, 'topic' | 'partition'>, records: number, now: number): void
  /** Number of records of the batch that name a source which no stage signed. */
  unverified(batch: Pick<Batch, 'topic' | 'partition'>, records: number, now: number): void
  failed(reason: string): void
  report(now: number): StageReport
}

interface MeterOptions {
  readonly stage: string
  readonly instance: string
  /** ms since 1970 */
  readonly startedAt: number
  readonly onError?: (stage: string, reason: string) => void
  readonly onForwarded?: (forwarded: PartitionRecords) => void
  readonly onUnverified?: (unverified: PartitionRecords) => void
}

export function createMeter(options: MeterOptions): StageMeter {
  const { stage, instance, startedAt, onError, onForwarded, onUnverified } = options
  const forwardedCount = createPartitionCount(onForwarded)
  const unverifiedCount = createPartitionCount(onUnverified)
  const window = histogram()
  let windowStart = startedAt
  let sinceWindow = 0
  let processed = 0
  let dead = 0
  let sumSeconds = 0
  const counts = new Array<number>(latencyBounds.length + 1).fill(0)
  let last = { p50Ms: 0, p99Ms: 0 }

  return {
    done(batch, deadLetters, now) {
      processed += batch.records.length
      sinceWindow += batch.records.length
      dead += deadLetters
      for (const { headers } of batch.records) {
        const ms = ageMsOf(headers, now)
        if (ms === undefined) continue
        window.recordValue(ms)
        sumSeconds += ms / 1000
        const bucket = latencyBounds.findIndex((bound) => ms / 1000 <= bound)
        counts[bucket === -1 ? latencyBounds.length : bucket]! += 1
      }
    },
    forwarded: forwardedCount.add,
    unverified: unverifiedCount.add,
    failed(reason) {
      onError?.(stage, reason)
    },
    report(now) {
      const seconds = Math.max((now - windowStart) / 1000, 0.001)
      if (window.totalCount > 0) {
        last = { p50Ms: window.getValueAtPercentile(50), p99Ms: window.getValueAtPercentile(99) }
      }
      const forwarded = forwardedCount.totals()
      const unverified = unverifiedCount.totals()
      const report: StageReport = {
        stage,
        instance,
        reportedAt: now,
        processedPerSecond: sinceWindow / seconds,
        ...last,
        processed,
        deadLetters: dead,
        latency: { counts: [...counts], sumSeconds },
        ...(forwarded && { forwarded }),
        ...(unverified && { unverified }),
      }
      window.reset()
      windowStart = now
      sinceWindow = 0
      return report
    },
  }
}

const histogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: ageMsMax, numberOfSignificantValueDigits: 2 })
