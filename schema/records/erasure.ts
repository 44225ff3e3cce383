import { createHash } from 'node:crypto'
import { revisionOf } from '../revision.ts'
import type { LogPosition } from './placed.ts'

const backfillHeader = 'backfill-applied'

/**
 * The headers of a tombstone on topics user-vectors and picks: where the record stands that erased the user.
 * @param backfilled offset in topic interactions.backfill up to which nothing of the user is to come; -1: none
 */
export const erasureHeaders = (
  { partition, offset }: LogPosition,
  epoch: number,
  backfilled = -1,
): Record<string, string> => ({
  partition: String(partition),
  offset: String(offset),
  epoch: String(epoch),
  ...(backfilled >= 0 && { [backfillHeader]: String(backfilled) }),
})

/** What erasureHeaders was given as `backfilled`. */
export const erasedBackfill = (headers: Readonly<Record<string, string>>): number =>
  Number(headers[backfillHeader] ?? -1)

/** What table erasures keeps for a reader with a token. */
export interface DoneErasure {
  readonly offset: number
  readonly backfilled: number
}

export const encodeDoneErasure = ({ offset, backfilled }: DoneErasure): Uint8Array =>
  Buffer.from(backfilled < 0 ? String(offset) : `${offset} ${backfilled}`)

export function decodeDoneErasure(bytes: Uint8Array): DoneErasure {
  const [offset, backfilled = '-1'] = Buffer.from(bytes).toString('utf8').split(' ')
  return { offset: Number(offset), backfilled: Number(backfilled) }
}

/** The revision of an erasure: every list of a smaller one is older. */
export const erasedAt = (headers: Readonly<Record<string, string>>): bigint =>
  revisionOf(Number(headers.offset ?? -1), Number(headers.epoch ?? 0))

/** Under which table erasures keeps that a user was erased, without naming them. */
export const erasureKey = (userId: string): string => createHash('sha256').update(userId).digest('hex')
