import type { StoredRecord } from '../../platform/ports/event-log.ts'
import type { TableRows } from '../../platform/ports/write-together.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { Table } from '../../schema/tables.ts'
import type { TopicName } from '../../schema/topics.ts'

/**
 * A stage is a decision: (record, state, context, now) → what to keep, write and emit. It awaits nothing, reads no clock
 * and touches no client; run-stage.ts carries out what it returns, in this order: emits, rows, state, commit.
 *
 * Because a crash may fall between any two of those, the same decision may be carried out several times: rows and emits
 * must be such that a repetition changes nothing. A record that the state already holds needs no emits: they are durable.
 */
export interface Stage<Input, State, Context> {
  readonly name: string
  readonly from: TopicName
  /** The topics it may emit to: what the picture of the system is drawn from. */
  readonly emits: readonly TopicName[]
  /** Records of one batch at most; larger ones conflate better, smaller ones answer sooner. */
  readonly batchRecordsMax: number
  /**
   * Of one batch, decided on and carried out at a time; left out: all of it. A batch that is large, so that it conflates
   * well, in slices that are small, so that the first lists go out and other work gets its turn before the last is made.
   */
  readonly subBatchRecordsMax?: number
  /** Records decided on and emits encoded before other work of the thread gets its turn. Default 50. */
  readonly turnRecordsMax?: number
  /** Estimated bytes of a state in memory. A slice ends where the states that it needs exceed `sliceStateBytesMax`. */
  stateBytes?(state: State): number
  /**
   * Of one batch only the record of a key that is newest by this number is run; the others are skipped, and not even
   * decoded. By meaning, not by its place in the topic: a worker that has lost its partition may have written an old record
   * behind a new one. @throws RecordError as decode does
   */
  readonly conflateBy?: (record: StoredRecord) => bigint
  /**
   * With conflateBy, for a stage without state: it conflates over all that waits, of at most so many keys, and not over a
   * batch (run-backlog.ts). The urgent records (StageParts.urgencyOf) are run before all others that wait.
   */
  readonly backlogKeysMax?: number
  /** Whose state a record changes, where that is not the record's own key. Empty: no one's, the record is passed over. */
  keyOf?(input: Input, record: StoredRecord, context: Context): string
  /** @throws RecordError: the record goes to the dead-letter topic and the partition goes on. */
  decode(record: StoredRecord): Input
  run(input: Input, arrival: Arrival, before: State | undefined, context: Context): Outcome<State>
  /**
   * What `run` comes to for all records of one owner in a slice, in their order, at less cost. Where it throws, they are run
   * one by one, so that only the one that is bad is set aside.
   */
  runMany?(inputs: readonly Input[], before: State | undefined, context: Context): Outcome<State>
}

/** Where and when a record arrived. */
export interface Arrival {
  readonly key: string
  readonly position: LogPosition
  /** The log's time of the record, ms. */
  readonly appendedAt: number
  /** The runner's clock, for the label `computedAt` alone: no decision may depend on it. */
  readonly now: number
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
}

export interface Outcome<State> {
  /** The key's new state; null removes it; left out: unchanged. */
  readonly state?: State | null
  readonly rows?: readonly RowChange[]
  readonly emits?: readonly Emit[]
  /** The record stands outside its key's partition, and `emits` has its copy for that one. */
  readonly forwarded?: boolean
  /** The record names a source that no stage wrote: it was taken as one that was written directly. */
  readonly unverified?: boolean
}

export type RowChange =
  | {
      readonly table: Table
      readonly partition: string
      readonly cluster?: string
      /** null removes the row. */
      readonly value: Uint8Array | null
      readonly writeTimestamp: bigint
    }
  | { readonly table: Table; readonly partition: string; readonly erase: true; readonly writeTimestamp: bigint }

export interface Emit {
  readonly topic: TopicName
  readonly key: string
  /** Encoded when it is sent: on a compacted topic only the newest of a batch is. null is a tombstone. */
  readonly value: (() => Uint8Array) | null
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * State of one partition's keys. Opened again whenever another process may have written it meanwhile and after every
 * failed batch, so it may cache; a batch that still runs on an older one cannot spoil the newer.
 */
export interface States<State> {
  load(keys: readonly string[]): Promise<ReadonlyMap<string, State>>
  save(changes: readonly StateChange<State>[]): Promise<void>
  /** Where a state is nothing but rows of the Store: what `save` writes, for the runner to write. */
  plan?(changes: readonly StateChange<State>[]): StatePlan
  /** The partition is lost, or about to be opened again. A batch may still be running on it. */
  close?(): void
}

export interface StatePlan {
  /** To be written in this order, or all at once. */
  readonly rows: readonly TableRows[]
  /** To be called once they are durable. */
  written(): void
}

export interface StateChange<State> {
  readonly key: string
  readonly state: State | null
  /** The position of the record that made it. */
  readonly position: LogPosition
}

export type OpenStates<State> = (partition: number) => States<State>

/** For stages without state. */
export const noStates: OpenStates<undefined> = () => ({
  load: async () => new Map<string, undefined>(),
  save: async () => {},
})

/** Lets TypeScript infer a stage's types from its parts. */
export const defineStage = <Input, State, Context>(stage: Stage<Input, State, Context>): Stage<Input, State, Context> =>
  stage
