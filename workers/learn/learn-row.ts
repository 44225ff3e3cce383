import type { SideDelta } from '../../engine/items/deltas.ts'
import { reduceRow } from '../../engine/items/row.ts'
import { writerHeaders } from '../../schema/records/headers.ts'
import { encodeSideRow, type SourcedDelta, type StoredSideRow } from '../../schema/records/item-side.ts'
import { topics } from '../../schema/topics.ts'
import type { Outcome } from '../runner/stage.ts'

export interface LearnContext {
  /** Name of the process that writes the row. */
  readonly writer: string
}

/**
 * Adds deltas to their row, each once: deltas of one source partition arrive in its order, so the newest offset
 * identifies repeated ones.
 */
export function learnRow(
  sourced: readonly SourcedDelta[],
  before: StoredSideRow | undefined,
  { writer }: LearnContext,
): Outcome<StoredSideRow> {
  const sources = { ...before?.sources }
  const deltas: SideDelta[] = []
  for (const { source, delta } of sourced) {
    if (source.offset <= (sources[source.partition] ?? -1)) continue
    sources[source.partition] = source.offset
    deltas.push(delta)
  }
  if (deltas.length === 0) return before === undefined ? {} : { emits: [rowEmit(before, writer)] }
  const after: StoredSideRow = { row: reduceRow(before?.row, deltas), sources }
  return { state: after, emits: [rowEmit(after, writer)] }
}

export const rowEmit = (stored: StoredSideRow, writer: string) => ({
  topic: topics.sideRows,
  key: stored.row.key,
  value: () => encodedRow(stored),
  headers: writerHeaders(writer),
})

/** Encoded rows between emit and save, so that a row is encoded once. */
const encodedRows = new WeakMap<StoredSideRow, Uint8Array>()

function encodedRow(stored: StoredSideRow): Uint8Array {
  const bytes = encodedRows.get(stored) ?? encodeSideRow(stored)
  encodedRows.set(stored, bytes)
  return bytes
}

/** Returns and removes the encoded row. */
export function takeEncodedRow(stored: StoredSideRow): Uint8Array {
  const bytes = encodedRow(stored)
  encodedRows.delete(stored)
  return bytes
}
