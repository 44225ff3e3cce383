import { detailsOf } from '../../engine/types.ts'
import { mergeProfiles, type UserProfile, undoInteractions } from '../../engine/user/profile.ts'
import { type PackedGoals, packGoals } from '../../schema/records/goals.ts'
import { historySeq } from '../../schema/records/history.ts'
import { type AdoptRecord, encodeInteraction } from '../../schema/records/interaction.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit, Outcome } from '../runner/stage.ts'
import { erase } from './erasure.ts'
import { type EventIds, hashOfId, hasId, withId } from './event-ids.ts'
import { historyEmit, toHistoryEvent } from './event-records.ts'
import { adoptGoals, leaveGoals } from './state-goals.ts'
import {
  changedWithoutEvent,
  type EmbedContext,
  noVector,
  saveAndEmit,
  savePosition,
  type UserArrival,
} from './user-outcome.ts'

/** Maximum adoptions that a user state records. */
const adoptionsMax = 16

/**
 * Guest side of an identify: emits the guest's profile and history for the user to adopt, and erases the guest. A
 * replay emits the same. Once the guest's state is erased, the first adoption is durable, and a later replay emits an
 * empty one that is skipped as a duplicate.
 */
export function identify(
  into: string,
  arrival: UserArrival,
  state: UserState,
  context: EmbedContext,
): Outcome<UserState> {
  const { key, position } = arrival
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
  const erasure = erase(arrival, state, context)
  return { ...erasure, emits: [handOver, ...leaveGoals(state, arrival, context), ...(erasure.emits ?? [])] }
}

/** User side of an identify: merges the guest's profile. A guest is adopted once; an event of both counts once. */
export function adopt(
  record: AdoptRecord,
  { position, appendedAt }: UserArrival,
  state: UserState,
  context: EmbedContext,
): Outcome<UserState> {
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
  const adopted = historyEmit({ kind: 'adopt', userId: record.userId, offset: position.offset, events }, context.epoch)
  const guestGoals = { goals: record.goals as PackedGoals | undefined, counted }
  const moved = adoptGoals(after, guestGoals, { position, appendedAt }, context)
  return saveAndEmit(moved.state, context, [adopted, ...moved.emits])
}
