import { createHash } from 'node:crypto'
import { emptyProfile } from '../../engine/user/profile.ts'
import type { LogPosition } from '../../schema/records/picks.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { noEventIds } from './event-ids.ts'

/** The state of somebody nobody knows: before the first event, or since an erasure at `position`. */
export function noState(userId: string, position: LogPosition = { partition: -1, offset: -1 }): UserState {
  return {
    position,
    changed: -1,
    causedByEventId: null,
    foreseeable: null,
    profile: emptyProfile(userId),
    ...noEventIds,
    adopted: [],
  }
}

export const isKnown = (state: UserState | undefined): state is UserState => state !== undefined && state.changed >= 0

/**
 * Without a state nobody could tell a record that is given again after an erasure from a new one. So where the erasure
 * happened is kept in table erasures for as long as records may be given again, under a hash of the user id.
 */
export const graveOf = (userId: string): string => `state/${createHash('sha256').update(userId).digest('hex')}`

export const encodeGravestone = ({ partition, offset }: LogPosition): Uint8Array =>
  Buffer.from(JSON.stringify({ partition, offset }))

export const decodeGravestone = (bytes: Uint8Array): LogPosition => JSON.parse(Buffer.from(bytes).toString('utf8'))
