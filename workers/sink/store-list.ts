import { encodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import { withPlace } from '../../schema/records/placed.ts'
import { epochOf, offsetOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

/** A list as received, with its write timestamp; null if the user was erased. */
export interface WrittenList {
  readonly value: Uint8Array | null
  readonly writtenAt: bigint
  /**
   * For an erasure: offset in topic interactions.backfill before which all records of the user are applied; -1: none.
   */
  readonly backfilled: number
}

/**
 * Stores the newest list of a user where queries read it, or removes it. The row contains the offset of the list in the
 * topic: of two lists with one write timestamp, the store keeps the one with the greater offset, as all readers of the
 * topic do.
 */
export function storeList(
  { value, writtenAt, backfilled }: WrittenList,
  { key: userId, position }: Pick<Arrival, 'key' | 'position'>,
): Outcome<undefined> {
  const list = { table: tables.listsByUser, partition: userId, writeTimestamp: writtenAt }
  if (value !== null) return { rows: [{ ...list, value: withPlace(value, position.offset) }] }
  const userHash = erasureKey(userId)
  const done = encodeDoneErasure({ offset: offsetOf(writtenAt), backfilled, epoch: epochOf(writtenAt) })
  return {
    rows: [
      { ...list, value },
      { table: tables.erasures, partition: userHash, value: done, writeTimestamp: writtenAt },
    ],
  }
}
