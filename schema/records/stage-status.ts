import { decodeVersioned, encodeVersioned } from './codec.ts'

/** A record of topic `stage-status`, key `stage/instance`, once a second from every running stage. */
export interface StageReport {
  readonly stage: string
  readonly instance: string
  readonly reportedAt: number
  /** The topic that it reads, in the group of the stage's name; undefined if it reads none. Lag is measured there. */
  readonly from?: string
  readonly processedPerSecond: number
  /** Time from the event's acceptance to the end of this stage, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Since the instance started. */
  readonly processed: number
  readonly deadLetters: number
  /** Version of the model that this instance uses, if its stage uses one. */
  readonly modelVersion?: number
  /** Test-then-train metrics on live traffic, by hour of the log's time; the newest hours, newest last. */
  readonly quality?: readonly QualityHour[]
  /** Time from the event's acceptance to the end of this stage, since the instance started. */
  readonly latency?: LatencyCounts
  /** Number of users with a state, if this stage counts them. */
  readonly users?: number
  /** Records outside their key's partition, by partition of `from`, since the instance started. */
  readonly forwarded?: Readonly<Record<string, number>>
  /** Records that named a source which no stage signed, by partition of `from`, since the instance started. */
  readonly unverified?: Readonly<Record<string, number>>
}

/** Upper bounds of the buckets, in seconds: from a cached answer to a stalled store. */
export const latencyBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const

/** A histogram that only grows. `counts` has one more element than there are bounds, for times above the last bound. */
export interface LatencyCounts {
  readonly counts: readonly number[]
  readonly sumSeconds: number
}

/** How often the next item was in the last published list. HR@20 = hits / scored, MRR@20 = reciprocalRanks / scored. */
export interface QualityHour {
  /** Start of the hour, ms since 1970. */
  readonly hour: number
  readonly scored: number
  readonly hits: number
  readonly reciprocalRanks: number
}

export const encodeStageReport = (report: StageReport): Uint8Array => encodeVersioned(1, report)
export const decodeStageReport = (bytes: Uint8Array): StageReport => decodeVersioned(1, bytes, 'stage status')
