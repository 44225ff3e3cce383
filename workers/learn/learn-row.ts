import { reduceRow } from '../../engine/items/row.ts'
import { encodeSideRow, type SourcedDelta, type StoredSideRow } from '../../schema/records/side.ts'
import { topics } from '../../schema/topics.ts'
import type { Outcome } from '../runner/stage.ts'

export interface LearnContext {
  /** Names the process that writes the row. */
  readonly writer: string
}

export const writerHeader = 'writer'

/** Adds one delta to its row, once: deltas of one source partition arrive in its order, so the newest offset tells. */
export function learnRow(
  { source, delta }: SourcedDelta,
  before: StoredSideRow | undefined,
  { writer }: LearnContext,
): Outcome<StoredSideRow> {
  const known = before?.sources[source.partition] ?? -1
  if (before !== undefined && known >= source.offset) return { emits: [rowEmit(before, writer)] }
  const after: StoredSideRow = {
    row: reduceRow(before?.row, [delta]),
    sources: { ...before?.sources, [source.partition]: source.offset },
  }
  return { state: after, emits: [rowEmit(after, writer)] }
}

export const rowEmit = (stored: StoredSideRow, writer: string) => ({
  topic: topics.sideRows,
  key: stored.row.key,
  value: () => encodeSideRow(stored),
  headers: { [writerHeader]: writer },
})
