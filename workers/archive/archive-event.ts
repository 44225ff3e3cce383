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

/** Maximum epochs in which an undone event is looked for: the first one, and the newest. */
const undoEpochsMax = 32

/**
 * Stores every event that counts once, at its position in the log.
 * @param writtenIn epoch in which the embed stage wrote the record, which may be earlier than that of this process;
 *   undefined: it is a record of an earlier release, which named no epoch, neither here nor in the keys of the archive
 */
export function archiveEvent(
  record: HistoryRecord | HistoryRow,
  writtenIn: number | undefined,
  context: ArchiveContext,
): Outcome<undefined> {
  const [epoch, keyEpoch] = [writtenIn ?? context.epoch, writtenIn ?? 0]
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
      return { rows: [row(historyCluster(record.offset, keyEpoch), record.value)] }
    case 'event':
      return { rows: [row(historyCluster(record.offset, keyEpoch), encodeHistoryEvent(record.event))] }
    case 'adopt':
      return {
        rows: record.events.map((event, n) =>
          row(historyCluster(historySeq(record.offset, n + 1), keyEpoch), encodeHistoryEvent(event)),
        ),
      }
    case 'undo':
      return {
        rows: epochsUpTo(epoch).flatMap((each) => record.offsets.map((seq) => row(historyCluster(seq, each), null))),
      }
    case 'forget':
      return { rows: [{ table: tables.eventsByUser, partition, erase: true, writeTimestamp }] }
  }
}

/**
 * The epochs in which an event may have been archived: a state does not tell in which epoch each event of its history was
 * applied. In a recreated topic, another event of the user may have had the same offset in an earlier epoch; it is
 * removed too.
 */
function epochsUpTo(epoch: number): number[] {
  const first = Math.max(1, epoch - undoEpochsMax + 2)
  return [0, ...Array.from({ length: Math.max(0, epoch - first + 1) }, (_, n) => first + n)]
}
