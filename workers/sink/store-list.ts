import { encodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import { withPlace } from '../../schema/records/placed.ts'
import { offsetOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

/** A list as it came, with its write timestamp; null where the user was erased. */
export interface WrittenList {
  readonly value: Uint8Array | null
  readonly writtenAt: bigint
  /** Of an erasure: offset in topic interactions.backfill up to which nothing of the user is to come; -1: none. */
  readonly backfilled: number
}

/**
 * Puts the newest list of a user where queries read it, or takes it away. The row says where the list stands in the topic:
 * of two lists of one write timestamp, the store keeps the one that stands behind the other, as all readers of the topic do.
 */
export function storeList(
  { value, writtenAt, backfilled }: WrittenList,
  { key: userId, position }: Pick<Arrival, 'key' | 'position'>,
): Outcome<undefined> {
  const list = { table: tables.listsByUser, partition: userId, writeTimestamp: writtenAt }
  if (value !== null) return { rows: [{ ...list, value: withPlace(value, position.offset) }] }
  const userHash = erasureKey(userId)
  const done = encodeDoneErasure({ offset: offsetOf(writtenAt), backfilled })
  return {
    rows: [
      { ...list, value },
      { table: tables.erasures, partition: userHash, value: done, writeTimestamp: writtenAt },
    ],
  }
}
