import type { Table } from '../../schema/tables.ts'
import type { LogRecord } from './event-log.ts'
import type { RowWrite } from './store.ts'

export interface TableRows {
  readonly table: Table
  readonly rows: readonly RowWrite[]
}

/**
 * Appends records, by topic, and writes rows all or nothing: after a crash or an error all of it is there, or none. Durable
 * when it resolves. Only a platform whose log and store share one commit has it (the embedded one).
 *
 * @returns undefined, with nothing written, where it is more than one commit takes
 */
export type WriteTogether = (
  records: ReadonlyMap<string, readonly LogRecord[]>,
  rows: readonly TableRows[],
) => Promise<void> | undefined
