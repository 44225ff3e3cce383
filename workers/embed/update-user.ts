import { deltasOf } from '../../engine/items/deltas.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import type { Interaction } from '../../engine/types.ts'
import {
  applyInteraction,
  emptyProfile,
  mergeProfiles,
  refreshVector,
  type UserProfile,
  undoInteractions,
} from '../../engine/user/profile.ts'
import { hasSeen } from '../../engine/user/seen.ts'
import { isPositive } from '../../engine/user/signals.ts'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import type { HistoryEvent, HistoryRecord } from '../../schema/records/history.ts'
import { encodeHistory } from '../../schema/records/history.ts'
import type { AdoptRecord, EventRecord, InteractionRecord } from '../../schema/records/interaction.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/picks.ts'
import { encodeSideDelta } from '../../schema/records/side.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { encodeUserVector } from '../../schema/records/user-vector.ts'
import { revisionOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import type { Arrival, Emit, Outcome } from '../runner/stage.ts'
import { hashOfId, hasId, noEventIds, withId } from './event-ids.ts'

export interface EmbedContext {
  readonly model: TrainedModel | null
  readonly epoch: number
}

const adoptionsMax = 16

/**
 * Applies one record of topic interactions to one user.
 *
 * A replayed *record* (its position is already in the state) was stored but perhaps not emitted: it is emitted again and
 * not applied again. A retried *event* (its id has counted, at another position) only moves the position, so that a reader
 * who waits for it is released.
 */
export function updateUser(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const replayed = before !== undefined && before.position.offset >= arrival.position.offset
  switch (record.kind) {
    case 'event':
      return replayed ? emitAgain(record, arrival, before, context) : applyEvent(record, arrival, before, context)
    case 'undo':
      return replayed ? { emits: [vectorOf(before, context)] } : undo(record.eventIds, arrival, before, context)
    case 'identify':
      return identify(record.into, arrival, before, context)
    case 'adopt':
      return replayed
        ? { emits: [vectorOf(before, context), ...adoptionHistory(record, arrival)] }
        : adopt(record, arrival, before, context)
    case 'refresh':
      return refresh(arrival, before, context, replayed)
    case 'forget':
      return forget(arrival, context, replayed)
  }
}

function applyEvent(
  record: EventRecord,
  { position }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const state = before ?? newState(record.userId)
  const hash = hashOfId(record.eventId)
  if (hasId(state, hash)) return settle({ ...state, position }, context)

  const profile = applyInteraction(state.profile, toInteraction(record), position.offset, context)
  const after = {
    ...state,
    ...withId(state, hash),
    position,
    changed: position.offset,
    causedByEventId: record.eventId,
    foreseeable: foreseeable(record, state.profile),
    profile,
  }
  return settle(after, context, whatFollows(record, position, profile))
}

function foreseeable(record: EventRecord, before: UserProfile): string | null {
  if (!isPositive({ type: record.type, value: record.value ?? null })) return null
  const { itemId } = record
  return before.history.some((entry) => entry.itemId === itemId) || hasSeen(before.seen, itemId) ? null : itemId
}

/** The entry is in the profile exactly where the event counted at this position. */
function emitAgain(
  record: EventRecord,
  { position }: Arrival,
  state: UserState,
  context: EmbedContext,
): Outcome<UserState> {
  const counted =
    record.type === 'IMPRESSION'
      ? hasId(state, hashOfId(record.eventId))
      : state.profile.history.some((entry) => entry.seq === position.offset)
  return { emits: [vectorOf(state, context), ...(counted ? whatFollows(record, position, state.profile) : [])] }
}

function whatFollows(record: EventRecord, source: LogPosition, profile: UserProfile): Emit[] {
  const emits = [historyEmit({ kind: 'event', userId: record.userId, offset: source.offset, event: toHistory(record) })]
  for (const delta of deltasOf(profile, source.offset)) {
    emits.push({ topic: topics.sideDeltas, key: delta.key, value: () => encodeSideDelta({ source, delta }) })
  }
  return emits
}

/** Reaches the events that are still in the profile: the newest 200 of a user. */
function undo(
  eventIds: readonly string[],
  { key, position }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const state = before ?? newState(key)
  const gone = new Set(eventIds)
  const offsets = state.profile.history.filter((entry) => gone.has(entry.eventId) && entry.seq >= 0).map((e) => e.seq)
  const profile = undoInteractions(state.profile, eventIds, context)
  if (profile === state.profile) return settle({ ...state, position }, context)
  return settle(
    { ...state, position, changed: position.offset, causedByEventId: null, foreseeable: null, profile },
    context,
    [historyEmit({ kind: 'undo', userId: key, offset: position.offset, offsets })],
  )
}

/** The guest's side: hands what is known over to the user, then asks for the guest's erasure. */
function identify(
  into: string,
  { key, position }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const replayed = before !== undefined && before.position.offset >= position.offset
  const state = before ?? newState(key)
  const profile = {
    ...state.profile,
    vector: null,
    history: state.profile.history.filter((entry) => entry.seq <= position.offset),
  }
  const adoption: AdoptRecord = {
    v: 1,
    kind: 'adopt',
    userId: into,
    from: position,
    profile: profile as unknown as Record<string, unknown>,
    events: profile.history.map(({ eventId, itemId, type, value, quantity, at }) => {
      return { eventId, itemId, type, value, quantity, timestamp: new Date(at).toISOString() }
    }),
  }
  const emits: Emit[] = [
    { topic: topics.interactions, key: into, value: () => encodeInteraction(adoption) },
    {
      topic: topics.interactions,
      key,
      value: () => encodeInteraction({ v: 1, kind: 'forget', userId: key }),
    },
  ]
  if (replayed) return { emits }
  return settle({ ...state, position, mergedInto: { userId: into, at: position.offset } }, context, emits)
}

/** The user's side. The same guest is adopted once, however often the guest's worker says so. */
function adopt(
  record: AdoptRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
): Outcome<UserState> {
  const { position } = arrival
  const state = before ?? newState(record.userId)
  if (state.adopted.some((at) => at.partition === record.from.partition && at.offset === record.from.offset)) {
    return settle({ ...state, position }, context)
  }
  const guest = record.profile as unknown as UserProfile
  const profile = mergeProfiles(
    state.profile,
    { ...guest, history: guest.history.map((e) => ({ ...e, seq: -1 })) },
    context,
  )
  let ids = { recentIds: state.recentIds, olderIds: state.olderIds }
  for (const { eventId } of guest.history) {
    const hash = hashOfId(eventId)
    if (!hasId(ids, hash)) ids = withId(ids, hash)
  }
  const adopted = [...state.adopted, record.from].slice(-adoptionsMax)
  const after = {
    ...state,
    ...ids,
    position,
    changed: position.offset,
    causedByEventId: null,
    foreseeable: null,
    profile,
    adopted,
  }
  return settle(after, context, adoptionHistory(record, arrival))
}

function adoptionHistory(record: AdoptRecord, { position }: Arrival): Emit[] {
  const events = record.events.map(toHistory)
  return [historyEmit({ kind: 'adopt', userId: record.userId, offset: position.offset, events })]
}

function refresh(
  { position }: Arrival,
  before: UserState | undefined,
  context: EmbedContext,
  replayed: boolean,
): Outcome<UserState> {
  if (before === undefined) return {}
  if (replayed) return { emits: [vectorOf(before, context)] }
  const profile = refreshVector(before.profile, context.model)
  return settle({ ...before, position, changed: position.offset, foreseeable: null, profile }, context)
}

/**
 * State and event ids go; the tombstone carries where it happened, so that a reader who waits for it is released. On a
 * replay, with newer events in the state already, everything older than this record still goes.
 */
function forget({ key, position }: Arrival, { epoch }: EmbedContext, replayed: boolean): Outcome<UserState> {
  const headers = { partition: String(position.partition), offset: String(position.offset), epoch: String(epoch) }
  return {
    ...(!replayed && { state: null }),
    rows: [{ table: tables.eventIds, partition: key, erase: true, at: revisionOf(position.offset, epoch) }],
    emits: [
      { topic: topics.userVectors, key, value: null, headers },
      historyEmit({ kind: 'forget', userId: key, offset: position.offset }),
    ],
  }
}

function settle(state: UserState, context: EmbedContext, emits: readonly Emit[] = []): Outcome<UserState> {
  return { state, emits: [vectorOf(state, context), ...emits] }
}

function vectorOf(state: UserState, { epoch }: EmbedContext): Emit {
  const { position, changed, causedByEventId, foreseeable, adopted, profile } = state
  return {
    topic: topics.userVectors,
    key: profile.userId,
    value: () =>
      encodeUserVector({
        position,
        changed,
        epoch,
        causedByEventId,
        foreseeable,
        adopted,
        snapshot: toSnapshot(profile),
      }),
  }
}

function newState(userId: string): UserState {
  return {
    position: { partition: -1, offset: -1 },
    changed: -1,
    causedByEventId: null,
    foreseeable: null,
    profile: emptyProfile(userId),
    ...noEventIds,
    adopted: [],
    mergedInto: null,
  }
}

function toInteraction(record: EventRecord): Interaction {
  return {
    eventId: record.eventId,
    userId: record.userId,
    itemId: record.itemId,
    type: record.type,
    value: record.value ?? null,
    quantity: record.quantity ?? 1,
    at: Date.parse(record.timestamp),
  }
}

function toHistory(record: Omit<EventRecord, 'v' | 'kind' | 'userId'>): HistoryEvent {
  const { eventId, itemId, type, value = null, quantity = 1, timestamp, recommendationId = null } = record
  return { eventId, itemId, type, value, quantity, at: Date.parse(timestamp), recommendationId }
}

const historyEmit = (record: HistoryRecord): Emit => ({
  topic: topics.history,
  key: record.userId,
  value: () => encodeHistory(record),
})
