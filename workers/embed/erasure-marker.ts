import { emptyProfile } from '../../engine/user/profile.ts'
import { decodeVersioned, encodeVersioned } from '../../schema/records/codec.ts'
import { erasureKey } from '../../schema/records/erasure.ts'
import { erasureHeaders } from '../../schema/records/headers.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit, RowChange } from '../runner/stage.ts'
import { noEventIds } from './event-ids.ts'

/** What is kept of an erased user: no word of what the user did. */
export type ErasureMarker = Pick<UserState, 'position' | 'adopted' | 'backfill' | 'forwarded'>

const noPosition: LogPosition = { partition: -1, offset: -1 }

/** The state of somebody nobody knows: before the first event, or since an erasure. */
export function emptyState(
  userId: string,
  { position, adopted, backfill, forwarded }: ErasureMarker = { position: noPosition, adopted: [] },
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
    ...(forwarded && { forwarded }),
  }
}

export const hasHistory = (state: UserState): boolean => state.changed >= 0

/**
 * Without a state nobody could tell a record that is given again after an erasure from a new one, nor a guest's events that
 * come a second time. So where the erasure and the adoptions before it happened is kept in table erasures for as long as
 * records may come again, under a hash of the user id.
 */
export const erasureMarkerKey = (userId: string): string => `state/${erasureKey(userId)}`

export const encodeErasureMarker = ({ position, adopted, backfill, forwarded }: ErasureMarker): Uint8Array =>
  encodeVersioned(1, { position, adopted, ...(backfill && { backfill }), ...(forwarded && { forwarded }) })

export const decodeErasureMarker = (bytes: Uint8Array): ErasureMarker => decodeVersioned(1, bytes, 'gravestone')

/** The marker of a state without history as a row of table erasures. */
export const markerRow = (state: UserState, epoch: number): RowChange => ({
  table: tables.erasures,
  partition: erasureMarkerKey(state.profile.userId),
  value: encodeErasureMarker(state),
  writeTimestamp: writeTimestampOf(state.position.offset, epoch),
})

/** Removes the user from topic user-vectors, and tells whoever waits where. */
export function tombstone({ position, profile, backfill }: UserState, epoch: number): Emit {
  const headers = erasureHeaders(position, epoch, backfill?.applied)
  return { topic: topics.userVectors, key: profile.userId, value: null, headers }
}
