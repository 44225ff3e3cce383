import type { SideDelta } from '../../engine/items/deltas.ts'
import type { SideRow } from '../../engine/items/row.ts'
import { decodeVersioned, encodeVersioned } from './codec.ts'
import type { LogPosition } from './picks.ts'

/**
 * A record of topic `side-deltas`: what one event changes in one row. `source` is the event's place in topic
 * interactions; a row remembers the newest source it has seen per partition, so a delta counts once.
 */
export interface SourcedDelta {
  readonly source: LogPosition
  readonly delta: SideDelta
}

/** A record of topic `side-rows`; the topic is also the learn stage's own state. */
export interface StoredSideRow {
  readonly row: SideRow
  /** By partition of topic interactions: the newest offset that is in the row. */
  readonly sources: Readonly<Record<number, number>>
}

/** Orders the versions of one row: every delta moves one source on, so a later version has the greater number. */
export function deltasIn({ sources }: StoredSideRow): number {
  let sum = 0
  for (const offset of Object.values(sources)) sum += offset + 1
  return sum
}

export const encodeSideDelta = (delta: SourcedDelta): Uint8Array => encodeVersioned(1, delta)
export const decodeSideDelta = (bytes: Uint8Array): SourcedDelta => decodeVersioned(1, bytes, 'side-deltas')
export const encodeSideRow = (row: StoredSideRow): Uint8Array => encodeVersioned(1, row)
export const decodeSideRow = (bytes: Uint8Array): StoredSideRow => decodeVersioned(1, bytes, 'side-rows')
