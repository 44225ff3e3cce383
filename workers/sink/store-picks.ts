import { erasureKey } from '../../schema/records/erasure.ts'
import { offsetOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Outcome } from '../runner/stage.ts'

/** A list as it came, with its write timestamp; null where the user was erased. */
export interface ArrivedList {
  readonly value: Uint8Array | null
  readonly at: bigint
}

/** Puts the newest list of a user where queries read it, or takes it away. */
export function storePicks({ value, at }: ArrivedList, userId: string): Outcome<undefined> {
  const list = { table: tables.picksByUser, partition: userId, value, at }
  if (value !== null) return { rows: [list] }
  const userHash = erasureKey(userId)
  const done = Buffer.from(String(offsetOf(at)))
  return { rows: [list, { table: tables.erasures, partition: userHash, value: done, at }] }
}
