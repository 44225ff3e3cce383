import { emptyProfile } from '../../engine/user/profile.ts'
import { decodeVersioned, encodeVersioned } from '../../schema/records/codec.ts'
import { erasureKey } from '../../schema/records/erasure.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { noEventIds } from './event-ids.ts'

/** What is kept of an erased user: no word of what the user did. */
export type ErasureMarker = Pick<UserState, 'position' | 'adopted' | 'backfill'>

const noPosition: LogPosition = { partition: -1, offset: -1 }

/** The state of somebody nobody knows: before the first event, or since an erasure. */
export function emptyState(
  userId: string,
  { position, adopted, backfill }: ErasureMarker = { position: noPosition, adopted: [] },
): UserState {
  return {
    position,
    changed: -1,
    causedByEventId: null,
    heldOutItem: null,
    profile: emptyProfile(userId),
    ...noEventIds,
    adopted,
    ...(backfill && { backfill }),
  }
}

export const hasHistory = (state: UserState): boolean => state.changed >= 0

/**
 * Without a state nobody could tell a record that is given again after an erasure from a new one, nor a guest's events that
 * come a second time. So where the erasure and the adoptions before it happened is kept in table erasures for as long as
 * records may come again, under a hash of the user id.
 */
export const erasureMarkerKey = (userId: string): string => `state/${erasureKey(userId)}`

export const encodeErasureMarker = ({ position, adopted, backfill }: ErasureMarker): Uint8Array =>
  encodeVersioned(1, { position, adopted, ...(backfill && { backfill }) })

export const decodeErasureMarker = (bytes: Uint8Array): ErasureMarker => decodeVersioned(1, bytes, 'gravestone')
