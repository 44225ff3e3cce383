import { emptyProfile } from '../../engine/user/profile.ts'
import { type ErasureMarker, encodeErasureMarker, erasureKey } from '../../schema/records/erasure.ts'
import { erasureHeaders } from '../../schema/records/headers.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit, Outcome, RowChange } from '../runner/stage.ts'
import { noEventIds } from './event-ids.ts'
import { historyEmit } from './event-records.ts'

export const noPosition: LogPosition = { partition: -1, offset: -1 }

/** The state of a user without history: before the first event, or since an erasure. */
export function emptyState(
  userId: string,
  { position, epoch, adopted, backfill, forwarded }: ErasureMarker = { position: noPosition, adopted: [] },
): UserState {
  return {
    position,
    changed: -1,
    causedByEventId: null,
    heldOutItem: null,
    profile: emptyProfile(userId),
    ...noEventIds,
    adopted,
    ...(epoch && { epoch }),
    ...(backfill && { backfill }),
    ...(forwarded && { forwarded }),
  }
}

export const hasHistory = (state: UserState): boolean => state.changed >= 0

/** The marker of a state without history as a row of table erasure_markers. */
export const markerRow = (state: UserState, epoch: number): RowChange => ({
  table: tables.erasureMarkers,
  partition: erasureKey(state.profile.userId),
  value: encodeErasureMarker(state),
  writeTimestamp: writeTimestampOf(state.position.offset, epoch),
})

/** Removes the user from topic user-vectors. The headers contain the position of the erasure for waiting readers. */
export function tombstone({ position, profile, backfill }: UserState, epoch: number): Emit {
  const headers = erasureHeaders(position, epoch, backfill?.applied)
  return { topic: topics.userVectors, key: profile.userId, value: null, headers }
}

/** Erases the user. The tombstone contains the position of the erasure for waiting readers. */
export function erase(
  { key, position }: { readonly key: string; readonly position: LogPosition },
  { adopted, backfill, forwarded }: UserState,
  { epoch }: { readonly epoch: number },
): Outcome<UserState> {
  const erased = emptyState(key, { position, epoch, adopted, backfill, forwarded })
  const writeTimestamp = writeTimestampOf(position.offset, epoch)
  return {
    state: erased,
    rows: [markerRow(erased, epoch), { table: tables.eventIds, partition: key, erase: true, writeTimestamp }],
    emits: [tombstone(erased, epoch), historyEmit({ kind: 'forget', userId: key, offset: position.offset }, epoch)],
  }
}
