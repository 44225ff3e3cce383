import { decodeVersioned, encodeVersioned } from './codec.ts'

/** A record of topic `stage-status`, key `stage/instance`, once a second from every running stage. */
export interface StageReport {
  readonly stage: string
  readonly instance: string
  readonly at: number
  /** Records fetched-to-end over the partitions this instance owns. */
  readonly lag: number
  readonly processedPerSecond: number
  /** From the event's acceptance to the end of this stage, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Since the instance started. */
  readonly processed: number
  readonly deadLetters: number
  /** The model this instance serves, where its stage uses one. */
  readonly modelVersion?: number
  /** Test-then-learn on live traffic, by hour of the log's time; the newest hours, newest last. */
  readonly quality?: readonly QualityHour[]
  /** Users there is state of in all, where this stage counts them. */
  readonly users?: number
}

/** How often the next item was in the list just published. HR@20 = hits / scored, MRR@20 = reciprocalRanks / scored. */
export interface QualityHour {
  /** Start of the hour, ms since 1970. */
  readonly hour: number
  readonly scored: number
  readonly hits: number
  readonly reciprocalRanks: number
}

export const encodeStageReport = (report: StageReport): Uint8Array => encodeVersioned(1, report)
export const decodeStageReport = (bytes: Uint8Array): StageReport => decodeVersioned(1, bytes, 'stage status')
