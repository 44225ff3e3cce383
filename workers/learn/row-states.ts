import type { EventLog } from '../../platform/ports/event-log.ts'
import { decodeSideRow, deltasIn, type StoredSideRow } from '../../schema/records/side.ts'
import { topics } from '../../schema/topics.ts'
import type { OpenStates } from '../runner/stage.ts'

const readRecords = 1000

/**
 * The learn stage's state is the topic it writes, as Kafka Streams keeps a changelog: a partition's rows are read back from
 * it when the partition is opened, and saved by the emit that came before. Nothing else is written per event. Side-deltas
 * and side-rows have the same keys and as many partitions, so the rows of a partition are in the partition of that number.
 */
export function rowStates(log: EventLog): OpenStates<StoredSideRow> {
  return (partition) => {
    let restored: Promise<Map<string, StoredSideRow>> | undefined
    const rows = () => (restored ??= restore(log, partition))

    return {
      async load(keys) {
        const all = await rows()
        const found = new Map<string, StoredSideRow>()
        for (const key of keys) {
          const row = all.get(key)
          if (row) found.set(key, row)
        }
        return found
      },
      async save(changes) {
        const all = await rows()
        for (const { key, state } of changes) {
          if (state === null) all.delete(key)
          else all.set(key, state)
        }
      },
    }
  }
}

async function restore(log: EventLog, partition: number): Promise<Map<string, StoredSideRow>> {
  const rows = new Map<string, StoredSideRow>()
  const end = (await log.endOffsets(topics.sideRows))[partition] ?? 0
  for (let from = 0; from < end; ) {
    const records = await log.read(topics.sideRows, partition, from, readRecords)
    const last = records.at(-1)
    if (last === undefined) break
    for (const { key, value } of records) {
      if (value === null) rows.delete(key)
      else take(rows, key, decodeSideRow(value))
    }
    from = last.offset + 1
  }
  return rows
}

/** A late row of a worker that has lost the partition never replaces one that has seen more. */
function take(rows: Map<string, StoredSideRow>, key: string, row: StoredSideRow): void {
  const known = rows.get(key)
  if (known === undefined || deltasIn(row) >= deltasIn(known)) rows.set(key, row)
}
