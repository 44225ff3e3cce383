import type { StoredRecord } from '../../platform/ports/event-log.ts'
import type { TableRows } from '../../platform/ports/write-together.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { Table } from '../../schema/tables.ts'
import type { TopicName } from '../../schema/topics.ts'

/**
 * A stage is a decision: (record, state, context, now) → what to store, write and emit. It awaits nothing, reads no
 * clock and uses no client. run-stage.ts carries out the result in this order: emits, rows, state, commit.
 *
 * A crash may happen between any two of these, so the same decision may be carried out several times: repeating rows
 * and emits must change nothing. A record that the state already contains needs no emits: they are durable.
 */
export interface Stage<Input, State, Context> {
  readonly name: string
  readonly from: TopicName
  /** The topics it may emit to. */
  readonly emits: readonly TopicName[]
  /** Maximum records per batch. Larger batches conflate more, smaller ones have less latency. */
  readonly batchRecordsMax: number
  /**
   * Maximum records per sub-batch, which is decided and written before the next one. Default: the whole batch. A large batch
   * conflates more; with small sub-batches its first lists are emitted before its last ones are computed.
   */
  readonly subBatchRecordsMax?: number
  /** Estimated bytes of a state in memory. A slice ends where the states that it needs exceed `sliceStateBytesMax`. */
  stateBytes?(state: State): number
  /**
   * Orders the records of one key. Of each key in a batch, only the record with the greatest number is run; the others
   * are skipped without being decoded. The order is not that of the offsets, because a worker that has lost its
   * partition may append an older record after a newer one. @throws RecordError as decode does
   */
  readonly conflateBy?: (record: StoredRecord) => bigint
  /**
   * Runs the backlog of a partition instead of one batch after another. At most this number of records wait in memory,
   * with conflateBy this number of keys. With conflateBy, for a stage without state, urgent records
   * (StageParts.urgencyOf) are run first (run-backlog.ts). Otherwise all are run in the order of the log, except for
   * the emits named by `ahead` (run-in-order.ts).
   */
  readonly backlogMax?: number
  /**
   * With backlogMax and without conflateBy: a topic whose emits may precede those of earlier records of other keys, and
   * the records to which this applies. The topic must be compacted, and its readers must select the newest record of a
   * key by its contents, not by its order.
   */
  readonly ahead?: { readonly topic: TopicName; allows(input: Input): boolean }
  /** Returns the key of the state that a record changes. Default: the record's key. An empty key skips the record. */
  keyOf?(input: Input, record: StoredRecord): string
  /** @throws RecordError: the record goes to the dead-letter topic and the partition continues. */
  decode(record: StoredRecord): Input
  run(input: Input, arrival: Arrival, before: State | undefined, context: Context): Outcome<State>
  /**
   * Batch variant of `run`: same outcome as calling it for each record of one state key, in order. If it throws, the
   * records are run one by one, so that only the invalid one becomes a dead letter.
   */
  runMany?(inputs: readonly Input[], before: State | undefined, context: Context): Outcome<State>
}

export interface Decoded<Input> {
  readonly record: StoredRecord
  /** Key of the state that the record changes. */
  readonly owner: string
  readonly input: Input
}

/** Position and time of a record. */
export interface Arrival {
  readonly key: string
  readonly position: LogPosition
  /** The log's timestamp of the record, ms. */
  readonly appendedAt: number
  /** The runner's clock, only for the label `computedAt`: no decision may depend on it. */
  readonly now: number
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
}

export interface Outcome<State> {
  /** The key's new state; null removes it; undefined: unchanged. */
  readonly state?: State | null
  readonly rows?: readonly RowChange[]
  readonly emits?: readonly Emit[]
  /** The record was outside its key's partition, and `emits` contains its copy for that partition. */
  readonly forwarded?: boolean
  /** The record names a source that could not be verified, and was applied as written directly. */
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
  /** Encoded when it is sent, because on a compacted topic only the newest of a batch is sent. null is a tombstone. */
  readonly value: (() => Uint8Array) | null
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * State of one partition's keys. It is opened again whenever another process may have written the partition meanwhile
 * and after every failed batch, so it may cache. A batch that still runs on an older instance cannot affect a newer
 * one.
 */
export interface States<State> {
  load(keys: readonly string[]): Promise<ReadonlyMap<string, State>>
  save(changes: readonly StateChange<State>[]): Promise<void>
  /** If the state consists only of rows of the Store: the rows that `save` would write, for the runner to write. */
  plan?(changes: readonly StateChange<State>[]): StatePlan
  /** Called when the partition is lost or about to be opened again. A batch may still be running on it. */
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
