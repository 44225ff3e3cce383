import type { TrainedModel } from '../train/model.ts'
import { type EventType, eventTypes } from '../types.ts'
import { applyInteraction, emptyProfile, type UserProfile } from './profile.ts'
import { isRejection, isTouch, strengthOf } from './signals.ts'

/** Distinct items of the newest history that travel to the recommend stage. */
export const recentsMax = 64

/** What ranking needs of a user: plain data, columnar, about 1 kB for a usual user. */
export interface UserSnapshot {
  userId: string
  /** Position of the newest event it knows. */
  seq: number
  events: number
  /** Newest time among the recents; ages count back from here. 0 where there are none. */
  newestAt: number
  /** Distinct touched items, newest first: their newest event's type (index in eventTypes), strength in 1/8 and age in whole seconds. */
  items: string[]
  types: number[]
  strengths: number[]
  ages: number[]
  /** How often each stands in the history that is kept. */
  repeats: number[]
  /** Items turned down, newest first. */
  rejected: string[]
  /** Sorted by id. */
  seen: string[]
  vector: Uint8Array | null
  modelVersion: number
}

export function toSnapshot(profile: UserProfile): UserSnapshot {
  const { history } = profile
  const snapshot: UserSnapshot = {
    userId: profile.userId,
    seq: profile.seq,
    events: profile.events,
    newestAt: 0,
    items: [],
    types: [],
    strengths: [],
    ages: [],
    repeats: [],
    rejected: [],
    seen: profile.seen.ids,
    vector: profile.vector,
    modelVersion: profile.modelVersion,
  }
  const places = new Map<string, number>()
  for (let k = history.length - 1; k >= 0; k--) {
    const entry = history[k]!
    if (!isTouch(entry.type)) {
      if (isRejection(entry.type) && !places.has(entry.itemId) && !snapshot.rejected.includes(entry.itemId))
        snapshot.rejected.push(entry.itemId)
      continue
    }
    const place = places.get(entry.itemId)
    if (place !== undefined) {
      snapshot.repeats[place]!++
      continue
    }
    if (snapshot.items.length === recentsMax) continue
    if (snapshot.items.length === 0) snapshot.newestAt = entry.timestamp
    places.set(entry.itemId, snapshot.items.length)
    snapshot.items.push(entry.itemId)
    snapshot.types.push(eventTypes.indexOf(entry.type))
    snapshot.strengths.push(Math.round(strengthOf(entry) * 8))
    snapshot.ages.push(Math.max(0, Math.round((snapshot.newestAt - entry.timestamp) / 1000)))
    snapshot.repeats.push(1)
  }
  return snapshot
}

/** A guest's click trail (oldest first) as if it were the history of a user without a name. */
export function snapshotOfTrail(
  events: readonly { itemId: string; type: EventType; timestamp: number }[],
  model: TrainedModel | null,
): UserSnapshot {
  let profile = emptyProfile('')
  const last = events.length - 1
  events.forEach((event, seq) => {
    const interaction = { ...event, eventId: String(seq), userId: '', value: null, quantity: 1 }
    profile = applyInteraction(profile, interaction, seq, { model: seq === last ? model : null })
  })
  return toSnapshot(profile)
}
