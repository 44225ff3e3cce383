import { sideDeltasOf } from '../../engine/items/deltas.ts'
import { isImpression } from '../../engine/user/attention.ts'
import { applyInteraction, type UserProfile, undoInteractions } from '../../engine/user/profile.ts'
import { hasSeen } from '../../engine/user/seen.ts'
import { isPositive } from '../../engine/user/signals.ts'
import { impressionId } from '../../schema/impression-id.ts'
import { withApplied, withErasedBefore } from '../../schema/records/backfill.ts'
import { isForwardedCopy, withForwarded } from '../../schema/records/forwarded.ts'
import type { EventRecord, InteractionRecord, RestoreRecord } from '../../schema/records/interaction.ts'
import { encodeSideDelta } from '../../schema/records/item-side.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { ClaimedSource } from '../../schema/records/record-authenticator.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit, Outcome } from '../runner/stage.ts'
import { emptyState, erase, hasHistory } from './erasure.ts'
import { hashOfId, hasId, withId } from './event-ids.ts'
import { historyEmit, toHistoryEvent, toInteraction } from './event-records.ts'
import { adopt, identify } from './identify.ts'
import { inEpoch, sourcePartition } from './state-epoch.ts'
import { countEvent, takeBack } from './state-goals.ts'
import {
  changedWithoutEvent,
  type EmbedContext,
  noVector,
  saveAndEmit,
  saveImpression,
  savePosition,
  type UserArrival,
} from './user-outcome.ts'

/**
 * Applies one record of topic interactions to one user.
 *
 * A replayed *record* (its position is already in the state) changes nothing: everything that follows from it was
 * durable before the state was. A retried *event* (its id has counted at another position), or a second copy of a
 * forwarded record, only moves the position of the state. A waiting reader sees there that the event is applied; no
 * list is made.
 *
 * A source that is not verified is not stored: the record is applied as written directly. There is one exception: if
 * the source says that an erasure covers the record, the record is not applied. After the secret has changed, earlier
 * sources do not verify, and a rebuild must not restore erased data.
 */
export function updateUser(
  record: InteractionRecord,
  arrival: UserArrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const state = inEpoch(before ?? emptyState(record.userId), context.epoch)
  if (isApplied(state.position, arrival.position)) {
    // Completes an interrupted erasure: its emits are durable, but some of its rows may remain.
    return !hasHistory(state) && state.position.offset === arrival.position.offset ? erase(arrival, state, context) : {}
  }
  switch (arrival.source?.kind) {
    case 'forwarded':
      return applyForwarded(record, arrival, state, { ...context, source: arrival.source })
    case 'backfill':
      return applyBackfilled(record, arrival, state, { ...context, source: arrival.source })
    default:
      return apply(record, arrival, state, context)
  }
}

interface SourcedContext extends EmbedContext {
  readonly source: ClaimedSource
}

function applyForwarded(
  record: InteractionRecord,
  arrival: UserArrival,
  state: UserState,
  { source: { position: from, isVerified }, ...context }: SourcedContext,
): Outcome<UserState> {
  if (!isVerified) return apply(record, arrival, state, context)
  if (isForwardedCopy(state.forwarded, from)) return savePosition({ ...state, position: arrival.position }, context)
  return apply(record, arrival, { ...state, forwarded: withForwarded(state.forwarded, from) }, context)
}

function applyBackfilled(
  record: InteractionRecord,
  arrival: UserArrival,
  state: UserState,
  { source: { position: from, isVerified }, ...context }: SourcedContext,
): Outcome<UserState> {
  const { position } = arrival
  if (from.partition !== position.partition) return apply(record, arrival, state, context)
  const marked = isVerified ? { ...state, backfill: withApplied(state.backfill, from.offset) } : state
  if (from.offset < (marked.backfill?.erasedBefore ?? 0)) return savePosition({ ...marked, position }, context)
  if (!isVerified) return apply(record, arrival, state, context)
  const isErasure = record.kind === 'forget' && record.backfillBefore === undefined
  return apply(isErasure ? { ...record, backfillBefore: from.offset + 1 } : record, arrival, marked, context)
}

/** Offsets of two partitions cannot be compared. */
const isApplied = (newest: LogPosition, { partition, offset }: LogPosition): boolean =>
  newest.partition === partition && newest.offset >= offset

function apply(
  record: InteractionRecord,
  arrival: UserArrival,
  state: UserState,
  context: EmbedContext,
): Outcome<UserState> {
  switch (record.kind) {
    case 'event':
      return applyEvent(record, arrival, state, context)
    case 'undo':
      return undo(record.eventIds, arrival, state, context)
    case 'identify':
      return identify(record.into, arrival, state, context)
    case 'adopt':
      return adopt(record, arrival, state, context)
    case 'refresh':
      return refresh(arrival, state, context)
    case 'restore':
      return restore(record, arrival, state, context)
    case 'forget':
      return erase(arrival, withErasure(state, record.backfillBefore), context)
  }
}

function applyEvent(
  record: EventRecord,
  { position }: UserArrival,
  state: UserState,
  context: EmbedContext,
): Outcome<UserState> {
  const hash = hashOfId(record.eventId)
  if (hasId(state, hash)) return savePosition({ ...state, position }, context)

  const shown = hashOfImpression(record)
  if (shown && hasId(state, shown)) return savePosition({ ...state, ...withId(state, hash), position }, context)
  const profile = applyInteraction(state.profile, toInteraction(record), position.offset, noVector)
  const after = {
    ...state,
    ...(shown ? withId(withId(state, hash), shown) : withId(state, hash)),
    position,
    changed: position.offset,
    acted: undefined,
    causedByEventId: record.eventId,
    heldOutItem: heldOutItem(record, state.profile),
    profile,
  }
  const counted = countEvent(after, record, context)
  const emits = [...emitsOf(record, position, profile, context.epoch), ...counted.emits]
  return isImpression(record.type)
    ? saveImpression(counted.state, state, context, emits)
    : saveAndEmit(counted.state, context, emits)
}

/**
 * Hash by which an item counts as shown once per list, whatever the event ids that report it and whatever other lists
 * show it meanwhile; undefined if the event id already ensures that.
 */
function hashOfImpression({ type, eventId, recommendationId, itemId }: EventRecord): Buffer | undefined {
  if (!isImpression(type) || recommendationId == null) return undefined
  const shownAs = impressionId(recommendationId, itemId)
  return shownAs === eventId ? undefined : hashOfId(shownAs)
}

function heldOutItem(record: EventRecord, before: UserProfile): string | null {
  if (!isPositive({ type: record.type, value: record.value ?? null })) return null
  const { itemId } = record
  return before.history.some((entry) => entry.itemId === itemId) || hasSeen(before.seen, itemId) ? null : itemId
}

function emitsOf(record: EventRecord, { partition, offset }: LogPosition, profile: UserProfile, epoch: number): Emit[] {
  const source = { partition: sourcePartition(partition, epoch), offset }
  const emits = [historyEmit({ kind: 'event', userId: record.userId, offset, event: toHistoryEvent(record) }, epoch)]
  for (const delta of sideDeltasOf(profile, offset)) {
    emits.push({ topic: topics.sideDeltas, key: delta.key, value: () => encodeSideDelta({ source, delta }) })
  }
  return emits
}

/** Undoes events that are still in the profile, the newest 200 of a user, and the newest purchases that were counted. */
function undo(
  eventIds: readonly string[],
  { key, position, appendedAt }: UserArrival,
  before: UserState,
  context: EmbedContext,
): Outcome<UserState> {
  const { state, emits } = takeBack(before, eventIds, { position, appendedAt }, context)
  const profile = undoInteractions(state.profile, eventIds, noVector)
  if (profile === state.profile) return savePosition({ ...state, position }, context, emits)
  const gone = new Set(eventIds)
  const offsets = state.profile.history.filter((entry) => gone.has(entry.eventId)).map((entry) => entry.seq)
  const after = { ...state, ...changedWithoutEvent(position), profile }
  const undone = historyEmit({ kind: 'undo', userId: key, offset: position.offset, offsets }, context.epoch)
  return saveAndEmit(after, context, [undone, ...emits])
}

function refresh({ position }: UserArrival, state: UserState, context: EmbedContext): Outcome<UserState> {
  if (!hasHistory(state)) return savePosition({ ...state, position }, context)
  return saveAndEmit({ ...state, position, changed: position.offset, acted: undefined, heldOutItem: null }, context)
}

/** Replaces the stored state by one rebuilt from the log, unless the stored one has applied a newer record. */
function restore(
  record: RestoreRecord,
  arrival: UserArrival,
  state: UserState,
  context: EmbedContext,
): Outcome<UserState> {
  if (state.position.offset > record.upTo) return refresh(arrival, state, context)
  const { position } = arrival
  const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
  const restored = {
    position,
    ...(state.epoch && { epoch: state.epoch }),
    changed: position.offset,
    causedByEventId: null,
    heldOutItem: null,
    profile: record.profile as unknown as UserProfile,
    recentIds: fromBase64(record.recentIds),
    olderIds: record.olderIds.map(fromBase64),
    adopted: record.adopted,
    ...(record.backfill && { backfill: record.backfill }),
    ...(record.forwarded && { forwarded: record.forwarded }),
    ...(state.goals && { goals: state.goals }),
  }
  return saveAndEmit(restored, context)
}

function withErasure(state: UserState, backfillBefore: number | undefined): UserState {
  return backfillBefore === undefined ? state : { ...state, backfill: withErasedBefore(state.backfill, backfillBefore) }
}
