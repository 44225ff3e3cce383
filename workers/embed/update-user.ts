import { sideDeltasOf } from '../../engine/items/deltas.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import { detailsOf } from '../../engine/types.ts'
import { isShowing } from '../../engine/user/attention.ts'
import {
  applyInteraction,
  mergeProfiles,
  refreshVector,
  type UserProfile,
  undoInteractions,
} from '../../engine/user/profile.ts'
import { hasSeen } from '../../engine/user/seen.ts'
import { isPositive } from '../../engine/user/signals.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import { packIgnored } from '../../schema/records/attention.ts'
import { withApplied, withErasedBefore } from '../../schema/records/backfill.ts'
import { isForwardedCopy, withForwarded } from '../../schema/records/forwarded.ts'
import { type PackedGoals, packGoals } from '../../schema/records/goals.ts'
import { actedHeaders } from '../../schema/records/headers.ts'
import { historySeq } from '../../schema/records/history.ts'
import type { AdoptRecord, EventRecord, InteractionRecord, RestoreRecord } from '../../schema/records/interaction.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { encodeSideDelta } from '../../schema/records/item-side.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { ClaimedSource } from '../../schema/records/record-authenticator.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { encodeUserVector } from '../../schema/records/user-vector.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit, Outcome } from '../runner/stage.ts'
import type { GoalsContext } from './count-goals.ts'
import { emptyState, hasHistory, markerRow, tombstone } from './erasure-marker.ts'
import { type EventIds, hashOfId, hasId, withId } from './event-ids.ts'
import { historyEmit, toHistoryEvent, toInteraction } from './event-records.ts'
import { adoptGoals, countEvent, leaveGoals, takeBack } from './state-goals.ts'

export interface EmbedContext {
  readonly model: TrainedModel | null
  readonly epoch: number
  /** Default: nothing is counted. */
  readonly goals?: Omit<GoalsContext, 'epoch'>
}

/** Where a record of one user arrived. */
export interface Arrival {
  readonly key: string
  readonly position: LogPosition
  /** When the log took it in, ms since 1970. */
  readonly appendedAt: number
  /** Default: it was written directly. */
  readonly source?: ClaimedSource
}

const adoptionsMax = 16

/** The vector follows from history and model, so it is no part of the state: vectorOf. */
const noVector = { model: null }

/**
 * Applies one record of topic interactions to one user.
 *
 * A replayed *record* (its position is already in the state) has nothing left to do: what follows from it was durable
 * before the state was. A retried *event* (its id has counted, at another position) only moves the position of the state,
 * where a reader who waits for it finds that it is done, and so does a second copy of a forwarded record: no list is made.
 *
 * A source that is not verified changes nothing that is kept: the record is applied as one that was written directly. Only
 * one that says itself that an erasure covers it stays out: after the secret has changed, no source of before verifies, and
 * a rebuild must not bring back what was erased.
 */
export function updateUser(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  if (before !== undefined && isApplied(before.position, arrival.position)) {
    // An erasure may have been cut off in its middle: what follows from it was durable, but not all that it takes away.
    return before.changed < 0 && before.position.offset === arrival.position.offset
      ? erase(arrival, before, context)
      : {}
  }
  switch (arrival.source?.kind) {
    case 'forwarded':
      return applyForwarded(record, arrival, before, { ...context, source: arrival.source })
    case 'backfill':
      return applyBackfilled(record, arrival, before, { ...context, source: arrival.source })
    default:
      return apply(record, arrival, before, context)
  }
}

interface SourcedContext extends EmbedContext {
  readonly source: ClaimedSource
}

function applyForwarded(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  { source: { position: from, isVerified }, ...context }: SourcedContext,
): Outcome<UserState> {
  if (!isVerified) return apply(record, arrival, before, context)
  const state = before ?? emptyState(record.userId)
  if (isForwardedCopy(state.forwarded, from)) return savePosition({ ...state, position: arrival.position }, context)
  return apply(record, arrival, { ...state, forwarded: withForwarded(state.forwarded, from) }, context)
}

function applyBackfilled(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  { source: { position: from, isVerified }, ...context }: SourcedContext,
): Outcome<UserState> {
  const { position } = arrival
  if (from.partition !== position.partition) return apply(record, arrival, before, context)
  const state = before ?? emptyState(record.userId)
  const marked = isVerified ? { ...state, backfill: withApplied(state.backfill, from.offset) } : state
  if (from.offset < (marked.backfill?.erasedBefore ?? 0)) return savePosition({ ...marked, position }, context)
  if (!isVerified) return apply(record, arrival, before, context)
  const isErasure = record.kind === 'forget' && record.backfillBefore === undefined
  return apply(isErasure ? { ...record, backfillBefore: from.offset + 1 } : record, arrival, marked, context)
}

/** The offsets of two partitions say nothing of each other. */
const isApplied = (newest: LogPosition, { partition, offset }: LogPosition): boolean =>
  newest.partition === partition && newest.offset >= offset

function apply(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  switch (record.kind) {
    case 'event':
      return applyEvent(record, arrival, before, context)
    case 'undo':
      return undo(record.eventIds, arrival, before, context)
    case 'identify':
      return identify(record.into, arrival, before, context)
    case 'adopt':
      return adopt(record, arrival, before, context)
    case 'refresh':
      return refresh(arrival, before, context)
    case 'restore':
      return restore(record, arrival, before, context)
    case 'forget':
      return erase(arrival, withErasure(before ?? emptyState(record.userId), record.backfillBefore), context)
  }
}

function applyEvent(
  record: EventRecord,
  { position }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const state = before ?? emptyState(record.userId)
  const hash = hashOfId(record.eventId)
  if (hasId(state, hash)) return savePosition({ ...state, position }, context)

  const profile = applyInteraction(state.profile, toInteraction(record), position.offset, noVector)
  const after = {
    ...state,
    ...withId(state, hash),
    position,
    changed: position.offset,
    acted: undefined,
    causedByEventId: record.eventId,
    heldOutItem: heldOutItem(record, state.profile),
    profile,
  }
  const counted = countEvent(after, state, record, context)
  const emits = [...emitsOf(record, position, profile), ...counted.emits]
  return isShowing(record.type)
    ? saveShowing(counted.state, state, context, emits)
    : saveAndEmit(counted.state, context, emits)
}

function heldOutItem(record: EventRecord, before: UserProfile): string | null {
  if (!isPositive({ type: record.type, value: record.value ?? null })) return null
  const { itemId } = record
  return before.history.some((entry) => entry.itemId === itemId) || hasSeen(before.seen, itemId) ? null : itemId
}

function emitsOf(record: EventRecord, source: LogPosition, profile: UserProfile): Emit[] {
  const emits = [
    historyEmit({ kind: 'event', userId: record.userId, offset: source.offset, event: toHistoryEvent(record) }),
  ]
  for (const delta of sideDeltasOf(profile, source.offset)) {
    emits.push({ topic: topics.sideDeltas, key: delta.key, value: () => encodeSideDelta({ source, delta }) })
  }
  return emits
}

/** Reaches the events that are still in the profile, the newest 200 of a user, and the newest orders that were counted. */
function undo(
  eventIds: readonly string[],
  { key, position, appendedAt }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const { state, emits } = takeBack(before ?? emptyState(key), eventIds, { position, appendedAt }, context)
  const profile = undoInteractions(state.profile, eventIds, noVector)
  if (profile === state.profile) return savePosition({ ...state, position }, context, emits)
  const gone = new Set(eventIds)
  const offsets = state.profile.history.filter((entry) => gone.has(entry.eventId)).map((entry) => entry.seq)
  const after = {
    ...state,
    ...changedWithoutEvent(position),
    profile,
  }
  const undone = historyEmit({ kind: 'undo', userId: key, offset: position.offset, offsets })
  return saveAndEmit(after, context, [undone, ...emits])
}

/** Returns the fields of a state after a record that changed it and is not an event of the user. */
const changedWithoutEvent = (position: LogPosition) => ({
  position,
  changed: position.offset,
  acted: undefined,
  causedByEventId: null,
  heldOutItem: null,
})

/**
 * The guest's side: what is known goes over to the user, and the guest is forgotten. Given again, it hands over the same;
 * once the state is gone the handing over is durable, and what little is handed over then is not adopted.
 */
function identify(
  into: string,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const { key, position } = arrival
  const state = before ?? emptyState(key)
  if (into === key) return savePosition({ ...state, position }, context)
  const profile = { ...state.profile, vector: null }
  const adoption: AdoptRecord = {
    v: 1,
    kind: 'adopt',
    userId: into,
    from: position,
    profile: profile as unknown as Record<string, unknown>,
    events: profile.history.map((entry) => {
      const { eventId, itemId, type, value, quantity } = entry
      const timestamp = new Date(entry.timestamp).toISOString()
      return { eventId, itemId, type, value, quantity, timestamp, ...detailsOf(entry) }
    }),
    ...(state.goals && { goals: packGoals(state.goals) }),
  }
  const handOver: Emit = { topic: topics.interactions, key: into, value: () => encodeInteraction(adoption) }
  const erasure = erase(arrival, before, context)
  return { ...erasure, emits: [handOver, ...leaveGoals(state, arrival, context), ...(erasure.emits ?? [])] }
}

/** The user's side. The same guest is adopted once, and an event once that both have sent. */
function adopt(
  record: AdoptRecord,
  { position, appendedAt }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const state = before ?? emptyState(record.userId)
  if (state.adopted.some((at) => at.partition === record.from.partition && at.offset === record.from.offset)) {
    return savePosition({ ...state, position }, context)
  }
  const counted = record.events.filter(({ eventId }) => hasId(state, hashOfId(eventId))).map(({ eventId }) => eventId)
  const guest = undoInteractions(record.profile as unknown as UserProfile, counted, { model: null })
  const entries = guest.history.map((entry, n) => ({ ...entry, seq: historySeq(position.offset, n + 1) }))
  const profile = mergeProfiles(state.profile, { ...guest, history: entries }, noVector)
  const ids = entries.reduce<EventIds>((known, { eventId }) => withId(known, hashOfId(eventId)), state)
  const after = {
    ...state,
    recentIds: ids.recentIds,
    olderIds: ids.olderIds,
    ...(ids.olderDropped !== undefined && { olderDropped: ids.olderDropped }),
    ...changedWithoutEvent(position),
    profile,
    adopted: [...state.adopted, record.from].slice(-adoptionsMax),
  }
  const events = record.events.filter(({ eventId }) => !counted.includes(eventId)).map(toHistoryEvent)
  const adopted = historyEmit({ kind: 'adopt', userId: record.userId, offset: position.offset, events })
  const guestGoals = { goals: record.goals as PackedGoals | undefined, counted }
  const moved = adoptGoals(after, guestGoals, { position, appendedAt }, context)
  return saveAndEmit(moved.state, context, [adopted, ...moved.emits])
}

function refresh(arrival: Arrival, before: UserState | undefined, context: EmbedContext): Outcome<UserState> {
  const { key, position } = arrival
  const state = before ?? emptyState(key)
  if (!hasHistory(state)) return savePosition({ ...state, position }, context)
  return saveAndEmit({ ...state, position, changed: position.offset, acted: undefined, heldOutItem: null }, context)
}

/** A state made from the log takes the place of the one that is stored, unless it has not seen the user's newest record. */
function restore(
  record: RestoreRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  if (before !== undefined && before.position.offset > record.upTo) return refresh(arrival, before, context)
  const { position } = arrival
  const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
  const state = {
    position,
    changed: position.offset,
    causedByEventId: null,
    heldOutItem: null,
    profile: record.profile as unknown as UserProfile,
    recentIds: fromBase64(record.recentIds),
    olderIds: record.olderIds.map(fromBase64),
    adopted: record.adopted,
    ...(record.backfill && { backfill: record.backfill }),
    ...(record.forwarded && { forwarded: record.forwarded }),
    ...(before?.goals && { goals: before.goals }),
  }
  return saveAndEmit(state, context)
}

/** What the user did goes; the tombstone carries where it happened, so that a reader who waits for it is released. */
function erase({ key, position }: Arrival, before: UserState | undefined, context: EmbedContext): Outcome<UserState> {
  const { adopted = [], backfill, forwarded } = before ?? {}
  const erased = emptyState(key, { position, adopted, backfill, forwarded })
  const writeTimestamp = writeTimestampOf(position.offset, context.epoch)
  return {
    state: erased,
    rows: [markerRow(erased, context.epoch), { table: tables.eventIds, partition: key, erase: true, writeTimestamp }],
    emits: [tombstone(erased, context.epoch), historyEmit({ kind: 'forget', userId: key, offset: position.offset })],
  }
}

function withErasure(state: UserState, backfillBefore: number | undefined): UserState {
  return backfillBefore === undefined ? state : { ...state, backfill: withErasedBefore(state.backfill, backfillBefore) }
}

/** Of a record that changes nothing in the profile: the list that there is has all of the user. */
const savePosition = (state: UserState, context: EmbedContext, emits: readonly Emit[] = []): Outcome<UserState> =>
  hasHistory(state) ? { state, emits } : saveAndEmit(state, context, emits)

/**
 * Keeps the state and shows it. Of a user nobody knows only the sources of forwarded records are kept, and the tombstones
 * are written again: a late worker may have put a list behind them.
 */
function saveAndEmit(state: UserState, context: EmbedContext, emits: readonly Emit[] = []): Outcome<UserState> {
  const headers = actedHeaders(state.position.offset)
  if (hasHistory(state)) return { state, emits: [{ ...vectorOf(state, context), headers }, ...emits] }
  const emit = tombstone(state, context.epoch)
  return state.forwarded ? { state, rows: [markerRow(state, context.epoch)], emits: [emit] } : { emits: [emit] }
}

/**
 * The same for a showing: the vector says with its header `acted` that no list is due for it at once. A click of the same
 * batch, whose vector this one replaces, is told by that header too.
 */
function saveShowing(
  after: UserState,
  before: UserState,
  context: EmbedContext,
  emits: readonly Emit[],
): Outcome<UserState> {
  const acted = before.acted ?? Math.max(0, before.changed)
  const state = { ...after, acted }
  return { state, emits: [{ ...vectorOf(state, context), headers: actedHeaders(acted) }, ...emits] }
}

/** Folded in where it is encoded: of the events of one batch only the user's last pays for a vector. */
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
