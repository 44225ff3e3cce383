import type { FoldInModel } from '../train/model.ts'
import { type EventType, eventTypes } from '../types.ts'
import { applyInteraction, emptyProfile, type HistoryEntry, type UserProfile } from './profile.ts'
import { isRejection, isTouch, marksSeen, strengthOf } from './signals.ts'

/** Maximum distinct recent items in a snapshot. */
export const recentsMax = 64

export const unknownPortion = -1

/** Maximum items in `habits`. */
const habitsMax = 64
/** Half-life of an event in `habits`, in later events of the user. */
const habitHalfLife = 100
/** Weight in `habits` of an event that is no longer in the history. */
const forgottenWeight = 0.1

/** The user's input to ranking. Plain data in columns, typically about 1 kB. */
export interface UserSnapshot {
  userId: string
  /** Time of the newest item in `items`, the reference of `ages`. 0 without items. */
  newestAt: number
  /**
   * Distinct touched items, newest first. Per item, of its newest event: type (index in `eventTypes`), strength in
   * units of 1/8, age in seconds.
   */
  items: string[]
  types: number[]
  strengths: number[]
  ages: number[]
  /**
   * For items with CONSUME events, by their index in `items`: the greatest portion in percent, `unknownPortion` if no
   * event has one. Absent without such items.
   */
  portions?: Record<number, number>
  /**
   * Further event types of the items, three numbers for each: index in `items`, index in `eventTypes`, and age in
   * seconds of the newest such event. Absent if every item has events of one type.
   */
  further?: number[]
  /** Rejected items, newest first. */
  rejected: string[]
  /** Sorted by id. */
  seen: string[]
  /**
   * Items that more than one event marks as seen, two numbers for each: index in `seen`, and weight in hundredths. The
   * greatest weights first, at most 64 items. See `habitsOf`. Absent without such items.
   */
  habits?: number[]
  vector: Uint8Array | null
  modelVersion: number
}

export function toSnapshot(profile: UserProfile): UserSnapshot {
  const { history } = profile
  const snapshot: UserSnapshot = {
    userId: profile.userId,
    newestAt: 0,
    items: [],
    types: [],
    strengths: [],
    ages: [],
    rejected: [],
    seen: profile.seen.ids,
    vector: profile.vector,
    modelVersion: profile.modelVersion,
  }
  const places = new Map<string, number>()
  const noted: number[] = []
  for (let k = history.length - 1; k >= 0; k--) {
    const entry = history[k]!
    noteFurther(snapshot, places.get(entry.itemId), entry, noted)
    if (!isTouch(entry.type)) {
      if (isRejection(entry.type) && !places.has(entry.itemId) && !snapshot.rejected.includes(entry.itemId))
        snapshot.rejected.push(entry.itemId)
      continue
    }
    const place = places.get(entry.itemId)
    if (place !== undefined) {
      if (entry.type === 'CONSUME') addConsumed(snapshot, place, entry)
      continue
    }
    if (snapshot.items.length === recentsMax) continue
    if (snapshot.items.length === 0) snapshot.newestAt = entry.timestamp
    places.set(entry.itemId, snapshot.items.length)
    snapshot.items.push(entry.itemId)
    snapshot.types.push(eventTypes.indexOf(entry.type))
    snapshot.strengths.push(Math.round(strengthOf(entry) * 8))
    snapshot.ages.push(Math.max(0, Math.round((snapshot.newestAt - entry.timestamp) / 1000)))
    if (entry.type === 'CONSUME') notePortion(snapshot, snapshot.items.length - 1, entry)
  }
  const habits = habitsOf(profile)
  if (habits.length > 0) snapshot.habits = habits
  return snapshot
}

/**
 * Decayed frequency of the items that the user buys or rates repeatedly: per item, the number of events that mark it
 * as seen, without rejections, each halved per `habitHalfLife` later events; events that are no longer in the history
 * weigh `forgottenWeight`. A user's own frequencies are a strong baseline for the next basket (Li et al., ACM TOIS
 * 2023). The half-life was chosen on the baskets before the last.
 */
function habitsOf({ history, seen }: UserProfile): number[] {
  if (!seen.counts.some((count) => count > 1)) return []
  const kept = new Map<string, { weight: number; events: number }>()
  for (let k = history.length - 1, since = 0; k >= 0; k--) {
    const { itemId, type } = history[k]!
    if (!marksSeen(type)) continue
    const habit = kept.get(itemId) ?? { weight: 0, events: 0 }
    habit.events++
    if (isTouch(type)) habit.weight += 2 ** (-since++ / habitHalfLife)
    kept.set(itemId, habit)
  }
  const habits: { place: number; weight: number }[] = []
  for (let place = 0; place < seen.ids.length; place++) {
    const count = seen.counts[place]!
    if (count < 2) continue
    const { weight, events } = kept.get(seen.ids[place]!) ?? { weight: 0, events: 0 }
    habits.push({ place, weight: Math.round(100 * (weight + forgottenWeight * Math.max(0, count - events))) })
  }
  habits.sort((a, b) => b.weight - a.weight || a.place - b.place)
  return habits.slice(0, habitsMax).flatMap(({ place, weight }) => [place, weight])
}

/** Adds the type of an event to `further`, once per item. @param noted per item, one bit for each type already added */
function noteFurther(snapshot: UserSnapshot, place: number | undefined, entry: HistoryEntry, noted: number[]): void {
  if (place === undefined) return
  const type = eventTypes.indexOf(entry.type)
  const known = noted[place] ?? 1 << snapshot.types[place]!
  if ((known & (1 << type)) !== 0) return
  noted[place] = known | (1 << type)
  snapshot.further ??= []
  snapshot.further.push(place, type, Math.max(0, Math.round((snapshot.newestAt - entry.timestamp) / 1000)))
}

/** Merges an earlier CONSUME event of an item: all of them count as one event with the strength of the strongest. */
function addConsumed(snapshot: UserSnapshot, place: number, entry: HistoryEntry): void {
  notePortion(snapshot, place, entry)
  if (snapshot.types[place] === eventTypes.indexOf('CONSUME'))
    snapshot.strengths[place] = Math.max(snapshot.strengths[place]!, Math.round(strengthOf(entry) * 8))
}

function notePortion(snapshot: UserSnapshot, place: number, { portion }: HistoryEntry): void {
  const percent = portion === undefined ? unknownPortion : Math.round(portion * 100)
  snapshot.portions ??= {}
  snapshot.portions[place] = Math.max(snapshot.portions[place] ?? unknownPortion, percent)
}

/** Returns a snapshot of an anonymous session, as if `events` (oldest first) were a user's history. */
export function snapshotOfSession(
  events: readonly { itemId: string; type: EventType; timestamp: number }[],
  model: FoldInModel | null,
): UserSnapshot {
  let profile = emptyProfile('')
  const last = events.length - 1
  events.forEach((event, seq) => {
    const interaction = { ...event, eventId: String(seq), userId: '', value: null, quantity: 1 }
    profile = applyInteraction(profile, interaction, seq, { model: seq === last ? model : null })
  })
  return toSnapshot(profile)
}
