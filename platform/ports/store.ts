import type { Table } from '../../schema/tables.ts'

/**
 * Store: rows by key, newest write wins. Adapters: Cassandra in a cluster, LMDB in one process.
 *
 * Every write has a `writeTimestamp` that orders the versions of a row (see schema/revision.ts). A write with a
 * smaller one than the row's has no effect, in whatever order they arrive: so a worker that has lost its partition,
 * or a replay, cannot replace a newer list by an older one (Cassandra: USING TIMESTAMP). At equal timestamps a
 * removal wins, then the value that is greater byte by byte. Tested by platform/ports/store.contract.ts.
 *
 * All methods reject with AppError UNAVAILABLE if the store does not answer or accepts no writes.
 */
export interface Store {
  /** Creates or updates the tables. Safe to run by several instances at once. */
  migrate(): Promise<void>
  /** Returns the values of these keys, in their order; undefined for a missing row. The keys are read concurrently. */
  get(table: Table, keys: readonly RowKey[]): Promise<(Uint8Array | undefined)[]>
  /** Writes rows; durable when it resolves. There is no transaction over the rows of one call. */
  put(table: Table, rows: readonly RowWrite[]): Promise<void>
  /**
   * Creates a row if there is none. Of several calls for one key, concurrent or not, exactly one creates it. Only for
   * tables that are not written in another way. @returns the stored value, which is durable
   */
  putIfAbsent(table: Table, row: RowKey & { readonly value: Uint8Array }): Promise<Uint8Array>
  /** Returns rows of one partition in clustering order. Only for tables with a clustering key. */
  range(table: Table, partition: string, options: RangeOptions): Promise<Row[]>
  /** Removes all rows of the partition with a timestamp up to `writeTimestamp`, also those that arrive later. */
  erase(table: Table, partition: string, writeTimestamp: bigint): Promise<void>
  /** Yields all rows, page by page, in no defined order: for training, rebuild, export. Default page: 1,000 rows. */
  scan(table: Table, pageRows?: number): AsyncIterable<Row[]>
  close(): Promise<void>
}

export interface RowKey {
  readonly partition: string
  /** Present exactly if the table has a clustering key. */
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
  /** Clustering key before the first row, exclusive. Default: from the first row. */
  readonly after?: string
  readonly limit: number
  /** Descending order. Default: false. */
  readonly reverse?: boolean
}
