import { createHash } from 'node:crypto'
import { decodeVersioned, encodeVersioned } from './codec.ts'
import type { UserState } from './user-state.ts'

/** A row of table erasures, for a reader with a token. */
export interface DoneErasure {
  readonly offset: number
  readonly backfilled: number
  /** PICKSTREAM_EPOCH of the record that erased. undefined: stored by an earlier release. */
  readonly epoch?: number | undefined
}

export const encodeDoneErasure = ({ offset, backfilled, epoch }: DoneErasure): Uint8Array =>
  Buffer.from([offset, backfilled, ...(epoch === undefined ? [] : [epoch])].join(' '))

export function decodeDoneErasure(bytes: Uint8Array): DoneErasure {
  const [offset, backfilled = '-1', epoch] = Buffer.from(bytes).toString('utf8').split(' ')
  return { offset: Number(offset), backfilled: Number(backfilled), epoch: epoch === undefined ? epoch : Number(epoch) }
}

/**
 * A row of table erasure_markers: what the embed stage keeps of an erased user, without any events of the user. Without
 * it, a record that is delivered again after the erasure, or a guest's events that arrive a second time, would count as
 * new.
 */
export type ErasureMarker = Pick<UserState, 'position' | 'epoch' | 'adopted' | 'backfill' | 'forwarded'>

export const encodeErasureMarker = ({ position, epoch, adopted, backfill, forwarded }: ErasureMarker): Uint8Array =>
  encodeVersioned(1, {
    position,
    adopted,
    ...(epoch && { epoch }),
    ...(backfill && { backfill }),
    ...(forwarded && { forwarded }),
  })

export const decodeErasureMarker = (bytes: Uint8Array): ErasureMarker => decodeVersioned(1, bytes, 'erasure marker')

/** The key of a user in both tables, a hash of the user id. */
export const erasureKey = (userId: string): string => createHash('sha256').update(userId).digest('hex')
