import { createHash } from 'node:crypto'
import { decodePicks, picksWrittenAt } from '../../schema/records/picks.ts'
import { revisionOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

/** Puts the newest list of a user where queries read it, or takes it away. */
export function storePicks(value: Uint8Array | null, { key, headers }: Arrival): Outcome<undefined> {
  if (value !== null) {
    return { rows: [{ table: tables.picksByUser, partition: key, value, at: picksWrittenAt(decodePicks(value)) }] }
  }
  const offset = Number(headers.offset ?? -1)
  const at = revisionOf(offset, Number(headers.epoch ?? 0))
  const userHash = createHash('sha256').update(key).digest('hex')
  return {
    rows: [
      { table: tables.picksByUser, partition: key, value: null, at },
      { table: tables.erasures, partition: userHash, value: Buffer.from(String(offset)), at },
    ],
  }
}
