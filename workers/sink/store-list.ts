import { encodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import { offsetOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Outcome } from '../runner/stage.ts'

/** A list as it came, with its write timestamp; null where the user was erased. */
export interface WrittenList {
  readonly value: Uint8Array | null
  readonly writtenAt: bigint
  /** Of an erasure: offset in topic interactions.backfill up to which nothing of the user is to come; -1: none. */
  readonly backfilled: number
}

/** Puts the newest list of a user where queries read it, or takes it away. */
export function storeList({ value, writtenAt, backfilled }: WrittenList, userId: string): Outcome<undefined> {
  const list = { table: tables.listsByUser, partition: userId, value, writeTimestamp: writtenAt }
  if (value !== null) return { rows: [list] }
  const userHash = erasureKey(userId)
  const done = encodeDoneErasure({ offset: offsetOf(writtenAt), backfilled })
  return { rows: [list, { table: tables.erasures, partition: userHash, value: done, writeTimestamp: writtenAt }] }
}
