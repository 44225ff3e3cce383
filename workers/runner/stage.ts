import type { StoredRecord } from '../../platform/ports/event-log.ts'
import type { LogPosition } from '../../schema/records/picks.ts'
import type { Table } from '../../schema/tables.ts'
import type { TopicName } from '../../schema/topics.ts'

/**
 * A stage is a decision: (record, state, context, now) → what to keep, write and emit. It awaits nothing, reads no clock
 * and touches no client; run-stage.ts carries out what it returns, in this order: state, rows, emits, commit.
 *
 * Because a crash may fall between any two of those, a stage must return the same emits for a record that its state
 * already holds as it did the first time.
 */
export interface Stage<Input, State, Context> {
  readonly name: string
  readonly from: TopicName
  /** The topics it may emit to: what the picture of the system is drawn from. */
  readonly emits: readonly TopicName[]
  /** Records of one batch at most; larger ones conflate better, smaller ones answer sooner. */
  readonly batchRecordsMax: number
  /** `newest-per-key`: of one batch only the newest record of a key is run, the older ones are skipped. */
  readonly conflate?: 'newest-per-key'
  /** How many records of one key may be applied between two saves of its state. */
  readonly perKeyMax?: number
  /** Whose state a record changes, where that is not the record's own key. Empty: no one's, the record is passed over. */
  keyOf?(input: Input, record: StoredRecord): string
  /** @throws RecordError: the record goes to the dead-letter topic and the partition goes on. */
  decode(record: StoredRecord): Input
  run(input: Input, at: Arrival, before: State | undefined, context: Context): Outcome<State>
}

/** Where and when a record arrived. */
export interface Arrival {
  readonly key: string
  readonly position: LogPosition
  /** The log's time of the record, ms. */
  readonly appendedAt: number
  /** The runner's clock, for the label `computedAt` alone: no decision may depend on it. */
  readonly now: number
  readonly headers: Readonly<Record<string, string>>
}

export interface Outcome<State> {
  /** The key's new state; null removes it; left out: unchanged. */
  readonly state?: State | null
  readonly rows?: readonly RowChange[]
  readonly emits?: readonly Emit[]
}

export type RowChange =
  | {
      readonly table: Table
      readonly partition: string
      readonly cluster?: string
      /** null removes the row. */
      readonly value: Uint8Array | null
      readonly at: bigint
    }
  | { readonly table: Table; readonly partition: string; readonly erase: true; readonly at: bigint }

export interface Emit {
  readonly topic: TopicName
  readonly key: string
  /** Encoded when it is sent: on a compacted topic only the newest of a batch is. null is a tombstone. */
  readonly value: (() => Uint8Array) | null
  readonly headers?: Readonly<Record<string, string>>
}

/** The state of a stage, by key. */
export interface States<State> {
  /** Must be called when the keys may have been changed by another process. */
  forget(): void
  load(keys: readonly string[]): Promise<ReadonlyMap<string, State>>
  save(changes: readonly StateChange<State>[]): Promise<void>
}

export interface StateChange<State> {
  readonly key: string
  readonly state: State | null
  /** The position of the record that made it. */
  readonly position: LogPosition
}

/** For stages without state. */
export const noStates: States<undefined> = {
  forget: () => {},
  load: async () => new Map<string, undefined>(),
  save: async () => {},
}

/** Lets TypeScript infer a stage's types from its parts. */
export const defineStage = <Input, State, Context>(stage: Stage<Input, State, Context>): Stage<Input, State, Context> =>
  stage
