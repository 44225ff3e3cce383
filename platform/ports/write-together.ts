import type { Table } from '../../schema/tables.ts'
import type { LogRecord } from './event-log.ts'
import type { RowWrite } from './store.ts'

export interface TableRows {
  readonly table: Table
  readonly rows: readonly RowWrite[]
}

/**
 * Appends records, by topic, and writes rows atomically: after a crash or an error, all are written or none. Durable
 * when it resolves. Only the embedded platform has it, whose log and store share one commit.
 *
 * @returns undefined, with nothing written, if the writes exceed the size of one commit
 */
export type WriteTogether = (
  records: ReadonlyMap<string, readonly LogRecord[]>,
  rows: readonly TableRows[],
) => Promise<void> | undefined
