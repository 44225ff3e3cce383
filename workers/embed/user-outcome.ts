import type { FoldInModel } from '../../engine/train/model.ts'
import { refreshVector } from '../../engine/user/profile.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import { packIgnored } from '../../schema/records/attention.ts'
import { actedHeaders } from '../../schema/records/headers.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { ClaimedSource } from '../../schema/records/record-authenticator.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { encodeUserVector } from '../../schema/records/user-vector.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit, Outcome } from '../runner/stage.ts'
import type { GoalsContext } from './count-goals.ts'
import { hasHistory, markerRow, tombstone } from './erasure.ts'

export interface EmbedContext {
  readonly model: FoldInModel | null
  readonly epoch: number
  /** Default: nothing is counted. */
  readonly goals?: Omit<GoalsContext, 'epoch'>
}

/** Where a record of one user arrived. */
export interface UserArrival {
  readonly key: string
  readonly position: LogPosition
  /** The log's timestamp of the record, ms since 1970. */
  readonly appendedAt: number
  /** Default: it was written directly. */
  readonly source?: ClaimedSource
}

/** The state contains no vector: the vector is computed from history and model when it is emitted. */
export const noVector = { model: null }

/** Returns the fields of a state after a record that changed it and is not an event of the user. */
export const changedWithoutEvent = (position: LogPosition) => ({
  position,
  changed: position.offset,
  acted: undefined,
  causedByEventId: null,
  heldOutItem: null,
})

/**
 * The outcome of a record that changes nothing in the profile: the user's list stays valid, so no vector is emitted.
 */
export const savePosition = (
  state: UserState,
  context: EmbedContext,
  emits: readonly Emit[] = [],
): Outcome<UserState> => (hasHistory(state) ? { state, emits } : saveAndEmit(state, context, emits))

/**
 * Saves the state and emits the user's vector. For a user without history, only the sources of forwarded records are
 * kept, and the tombstones are written again, because a late worker may have written a list after them.
 */
export function saveAndEmit(state: UserState, context: EmbedContext, emits: readonly Emit[] = []): Outcome<UserState> {
  const headers = actedHeaders(state.position.offset)
  if (hasHistory(state)) return { state, emits: [{ ...vectorOf(state, context), headers }, ...emits] }
  const emit = tombstone(state, context.epoch)
  return state.forwarded ? { state, rows: [markerRow(state, context.epoch)], emits: [emit] } : { emits: [emit] }
}

/**
 * The same after an IMPRESSION: header `acted` of the vector names the newest other record, so that the recommend stage
 * may delay the list. If the vector replaces that of a click in the same batch, it keeps the click's `acted`.
 */
export function saveImpression(
  after: UserState,
  before: UserState,
  context: EmbedContext,
  emits: readonly Emit[],
): Outcome<UserState> {
  const acted = before.acted ?? Math.max(0, before.changed)
  const state = { ...after, acted }
  return { state, emits: [{ ...vectorOf(state, context), headers: actedHeaders(acted) }, ...emits] }
}

/** The vector is computed when the record is encoded, so only once per user and batch. */
function vectorOf(state: UserState, { epoch, model }: EmbedContext): Emit {
  const { position, causedByEventId, heldOutItem, adopted, profile, backfill } = state
  return {
    topic: topics.userVectors,
    key: profile.userId,
    value: () => {
      const ignored = packIgnored(profile.attention)
      return encodeUserVector({
        position,
        epoch,
        causedByEventId,
        heldOutItem,
        adopted,
        ...(backfill && { backfilled: backfill.applied }),
        ...(ignored && { ignored }),
        snapshot: toSnapshot(refreshVector(profile, model)),
      })
    },
  }
}
