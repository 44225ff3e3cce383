import type { Table } from '../../schema/tables.ts'

/**
 * Store: rows by key, newest write wins. Cassandra in production, LMDB in the one-process start.
 *
 * Every write carries `at`, a number that only rises with what it means (see schema/revision.ts). A write with a smaller
 * `at` than the row's never shows, whenever it arrives: this is what keeps a zombie worker or a replay from putting an old
 * list over a new one (Cassandra: USING TIMESTAMP). At equal `at` a removal wins, then
 * the value that is greater byte by byte.
 * platform/ports/store.contract.ts holds every adapter to this.
 */
export interface Store {
  /** Creates or updates the tables. Safe to run by several instances at once. */
  migrate(): Promise<void>
  /** The rows of these keys, in their order; undefined where there is none. Each key is read by its own partition, concurrently. */
  get(table: Table, keys: readonly RowKey[]): Promise<(Uint8Array | undefined)[]>
  /** Durable when it resolves. Rows of one call are independent of each other: there is no transaction over them. */
  put(table: Table, rows: readonly RowWrite[]): Promise<void>
  /**
   * Creates a row where there is none. Of several calls for one key, at once or one after the other, one wins for ever.
   * Only for tables that nothing else writes to. @returns the value that stands, which is durable
   */
  putIfAbsent(table: Table, row: RowKey & { readonly value: Uint8Array }): Promise<Uint8Array>
  /** Rows of one partition in clustering order; `after` is exclusive. Only for tables with a clustering key. */
  range(table: Table, partition: string, options: RangeOptions): Promise<Row[]>
  /** Removes every row of the partition that was written at or before `at`, and any that arrives later with a smaller one. */
  erase(table: Table, partition: string, writeTimestamp: bigint): Promise<void>
  /** All rows, page by page, in no stated order: for training, rebuild, export. */
  scan(table: Table, pageRows?: number): AsyncIterable<Row[]>
  close(): Promise<void>
}

export interface RowKey {
  readonly partition: string
  /** Present exactly where the table has a clustering key. */
  readonly cluster?: string
}

export interface RowWrite extends RowKey {
  /** null removes the row. */
  readonly value: Uint8Array | null
  readonly writeTimestamp: bigint
}

export interface Row extends RowKey {
  readonly value: Uint8Array
}

export interface RangeOptions {
  readonly after?: string
  readonly limit: number
  readonly reverse?: boolean
}
