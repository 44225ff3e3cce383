import type { FoldInModel } from '../train/model.ts'
import { type EventType, eventTypes } from '../types.ts'
import { applyInteraction, emptyProfile, type HistoryEntry, type UserProfile } from './profile.ts'
import { isRejection, isTouch, marksSeen, strengthOf } from './signals.ts'

/** Maximum distinct recent items in a snapshot. */
export const recentsMax = 64

export const unknownPortion = -1

/** Maximum items in `habits`. */
const habitsMax = 64
/** Events of the user after which an event counts half as much for a habit. */
const habitHalfLife = 100
/** What an event that has left the history counts for a habit. */
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
   * Of items with CONSUME events, by their index in `items`: the greatest portion in percent, `unknownPortion` where no
   * event says it. Absent without such items.
   */
  portions?: Record<number, number>
  /**
   * Further event types of the items, each with its newest event: place in `items`, index in `eventTypes` and age in seconds
   * in turn. Absent where every item has events of one type.
   */
  further?: number[]
  /** Rejected items, newest first. */
  rejected: string[]
  /** Sorted by id. */
  seen: string[]
  /**
   * Of the items that more than one event marks as seen, those with the greatest weights: place in `seen` and weight in hundredths in
   * turn, greatest first. See `habitsOf`. Absent without such items.
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
 * What the user comes back to: the number of events of each item that mark it as seen, without rejections, each halved per
 * `habitHalfLife` events since; those that are only counted any more weigh `forgottenWeight`. Decayed frequency is the strongest simple
 * method for the next basket (Li et al., ACM TOIS 2023); the half-life was chosen on the baskets before the last.
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

/** @param noted by place a bit for every type that is noted already */
function noteFurther(snapshot: UserSnapshot, place: number | undefined, entry: HistoryEntry, noted: number[]): void {
  if (place === undefined) return
  const type = eventTypes.indexOf(entry.type)
  const known = noted[place] ?? 1 << snapshot.types[place]!
  if ((known & (1 << type)) !== 0) return
  noted[place] = known | (1 << type)
  snapshot.further ??= []
  snapshot.further.push(place, type, Math.max(0, Math.round((snapshot.newestAt - entry.timestamp) / 1000)))
}

/** An earlier CONSUME event of an item that is listed: all of them together are one occurrence, as strong as the strongest. */
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
export function snapshotOfTrail(
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
