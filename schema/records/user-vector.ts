import type { UserSnapshot } from '../../engine/user/snapshot.ts'
import { decodeVersioned, encodeVersioned } from './codec.ts'
import type { LogPosition } from './picks.ts'

/** A record of topic `user-vectors`: what ranking needs of a user, and nothing more. */
export interface UserVector {
  readonly position: LogPosition
  readonly changed: number
  readonly epoch: number
  readonly causedByEventId: string | null
  readonly foreseeable: string | null
  readonly adopted: readonly LogPosition[]
  readonly snapshot: UserSnapshot
}

export const encodeUserVector = (vector: UserVector): Uint8Array => encodeVersioned(1, vector)
export const decodeUserVector = (bytes: Uint8Array): UserVector => decodeVersioned(1, bytes, 'user-vectors')
