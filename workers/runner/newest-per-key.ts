import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { toDeadLetter } from './dead-letter.ts'
import type { Emit, Stage } from './stage.ts'

/**
 * Returns for each key the record that is newest by the stage's `conflateBy`, in the order of the batch; all records if
 * the stage has none. Adds a dead letter to `dead` for each record whose order cannot be read.
 */
export function newestPerKey<I, S, C>(
  stage: Stage<I, S, C>,
  records: readonly StoredRecord[],
  dead: Emit[],
): readonly StoredRecord[] {
  const { conflateBy: newness } = stage
  if (newness === undefined) return records
  const newest = new Map<string, { record: StoredRecord; at: bigint }>()
  for (const record of records) {
    try {
      const at = newness(record)
      const other = newest.get(record.key)
      if (other === undefined || other.at <= at) newest.set(record.key, { record, at })
    } catch (error) {
      dead.push(toDeadLetter(stage.name, record, error))
    }
  }
  return records.filter((record) => newest.get(record.key)?.record === record)
}
