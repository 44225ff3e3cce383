import type { Clock } from '../../platform/ports/clock.ts'
import type { Batch, EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { WriteTogether } from '../../platform/ports/write-together.ts'
import type { Tracing } from '../../platform/tracing.ts'
import type { CompactionGaps } from './compaction-gaps.ts'
import type { StageMeter } from './meter.ts'
import type { Urgency } from './pending-records.ts'
import type { Decoded, Emit, OpenStates, Stage, States } from './stage.ts'

export interface StageParts<Input, State, Context> {
  readonly stage: Stage<Input, State, Context>
  readonly openStates: OpenStates<State>
  /** Read once per slice: a new model is used from the next slice on. */
  readonly context: () => Context
  readonly log: EventLog
  readonly store: Store
  /** If the platform supports it, the emits of a slice and its states are written in one step. */
  readonly writeTogether?: WriteTogether
  readonly clock: Clock
  readonly meter: StageMeter
  readonly tracing?: Tracing
  /** Resolves when the next slice of a partition may be run, with its size in records. Default: at once. */
  readonly pace?: (partition: number) => Promise<number>
  /** For stages with `backlogMax`. Default: all have the same urgency. */
  readonly urgencyOf?: (record: StoredRecord) => Urgency
  /** For stages with `backlogMax` and `conflateBy`: which records are delayed. Default: none. */
  readonly pacing?: {
    holds(record: StoredRecord): boolean
    /** Called with the records that were run. */
    ranked(records: readonly StoredRecord[]): void
  }
  /** Finds records that end the process (attempts.ts). Default: false. */
  readonly countsAttempts?: boolean
  /**
   * For stages that read a compacted topic: called with records that may cover newer ones of their keys
   * (compaction-gaps.ts).
   */
  readonly onSuspects?: (records: readonly StoredRecord[]) => Promise<unknown>
  /** Consumer group; the log adds the namespace. */
  readonly group?: string
}

/** A batch, and what the runner needs to run it. */
export interface Run<Input, State, Context> {
  readonly parts: StageParts<Input, State, Context>
  readonly batch: Batch
  readonly states: States<State>
  readonly gaps: CompactionGaps | undefined
  readonly ahead?: {
    /** Resolves once all of it is durable. */
    readonly emitted: Promise<void>
    /** Whether an emit of the record was emitted before its turn. */
    has(emit: Emit, decoded: Decoded<Input>): boolean
  }
}
