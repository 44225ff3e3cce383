import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

/** Stores the catalog as a table, for readers that do not follow the topic. */
export function storeItem(value: Uint8Array | null, { key, position }: Arrival): Outcome<undefined> {
  return { rows: [{ table: tables.items, partition: key, value, writeTimestamp: writeTimestampOf(position.offset) }] }
}
