import {
  encodeHistoryEvent,
  type HistoryRecord,
  type HistoryRow,
  historyCluster,
  historySeq,
} from '../../schema/records/history.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Outcome, RowChange } from '../runner/stage.ts'

export interface ArchiveContext {
  readonly epoch: number
}

/** Stores every event that counts once, at its position in the log. */
export function archiveEvent(record: HistoryRecord | HistoryRow, { epoch }: ArchiveContext): Outcome<undefined> {
  const writeTimestamp = writeTimestampOf(record.offset, epoch)
  const partition = record.userId
  const row = (cluster: string, value: Uint8Array | null): RowChange => ({
    table: tables.eventsByUser,
    partition,
    cluster,
    value,
    writeTimestamp,
  })
  switch (record.kind) {
    case 'row':
      return { rows: [row(historyCluster(record.offset), record.value)] }
    case 'event':
      return { rows: [row(historyCluster(record.offset), encodeHistoryEvent(record.event))] }
    case 'adopt':
      return {
        rows: record.events.map((event, n) =>
          row(historyCluster(historySeq(record.offset, n + 1)), encodeHistoryEvent(event)),
        ),
      }
    case 'undo':
      return { rows: record.offsets.map((offset) => row(historyCluster(offset), null)) }
    case 'forget':
      return { rows: [{ table: tables.eventsByUser, partition, erase: true, writeTimestamp }] }
  }
}
