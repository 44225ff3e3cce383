import { floatsToBytes } from '../math/bytes.ts'
import type { FoldInModel } from '../train/model.ts'
import { detailsOf, type EventDetails, type EventType, type Interaction } from '../types.ts'
import { type Attention, isImpression, mergeAttention, noAttention, withImpression, withReaction } from './attention.ts'
import { foldIn } from './fold-in.ts'
import { addSeen, boundSeen, mergeSeen, removeSeen, type SeenItems } from './seen.ts'
import { isTouch, marksSeen, strengthOf } from './signals.ts'

/**
 * Maximum history entries per user. Older events remain counted in `seen` (within its limits, seen.ts) and on the item
 * side.
 */
export const historyEntriesMax = 200

export interface HistoryEntry extends EventDetails {
  /** Position of the event in the log. Unique and increasing per user. */
  seq: number
  eventId: string
  itemId: string
  type: EventType
  value: number | null
  quantity: number
  timestamp: number
}

/** The engine's state of one user. Plain, immutable data that any codec can store. */
export interface UserProfile {
  userId: string
  /** Position of the newest event applied, -1 before the first. */
  seq: number
  /** Number of events applied and not undone, including those no longer in the history. */
  events: number
  /** Oldest first, at most `historyEntriesMax`, without impressions. */
  history: HistoryEntry[]
  seen: SeenItems
  /** Impressions of the user's latest lists. Default: none. */
  attention?: Attention
  /** float32 little endian, one per model dimension. Null without a model or without an item that the model knows. */
  vector: Uint8Array | null
  modelVersion: number
}

export interface ProfileContext {
  model: FoldInModel | null
}

export function emptyProfile(userId: string): UserProfile {
  return {
    userId,
    seq: -1,
    events: 0,
    history: [],
    seen: { ids: [], counts: [] },
    vector: null,
    modelVersion: 0,
  }
}

/**
 * Returns the profile after one event. The caller must deduplicate by `eventId` and pass increasing `seq`s. An
 * impression changes only the position and the attention record.
 */
export function applyInteraction(
  profile: UserProfile,
  event: Interaction,
  seq: number,
  context: ProfileContext,
): UserProfile {
  const next = { ...profile, seq: Math.max(profile.seq, seq), events: profile.events + 1 }
  const attention = profile.attention ?? noAttention
  if (isImpression(event.type)) return { ...next, attention: withImpression(attention, event) }
  if (attention.length > 0) next.attention = withReaction(attention, event.itemId, event.timestamp)
  const { eventId, itemId, type, value, quantity, timestamp } = event
  const entry = { seq, eventId, itemId, type, value, quantity, timestamp, ...detailsOf(event) }
  next.history = append(type === 'CONSUME' ? mergeConsumed(profile.history, entry) : profile.history, entry)
  if (marksSeen(type)) next.seen = boundSeen(addSeen(profile.seen, itemId), () => markedIn(next.history))
  return refreshVector(next, context.model)
}

/**
 * Returns the profile without the given events. Only events that are still in the history are undone; other ids are
 * ignored.
 */
export function undoInteractions(
  profile: UserProfile,
  eventIds: readonly string[],
  context: ProfileContext,
): UserProfile {
  const gone = new Set(eventIds)
  const removed = profile.history.filter((entry) => gone.has(entry.eventId))
  if (removed.length === 0) return profile
  let seen = profile.seen
  for (const entry of removed) if (marksSeen(entry.type)) seen = removeSeen(seen, entry.itemId)
  const history = profile.history.filter((entry) => !gone.has(entry.eventId))
  return refreshVector({ ...profile, history, seen, events: profile.events - removed.length }, context.model)
}

/**
 * Returns the user's profile with the guest's events merged in by time. At equal times the user's events come first. An
 * event id in both histories counts once. Entries keep their positions, so the guest's entries have positions of the
 * guest's partition.
 */
export function mergeProfiles(user: UserProfile, guest: UserProfile, context: ProfileContext): UserProfile {
  const known = new Set(user.history.map((entry) => entry.eventId))
  const moved = guest.history.filter((entry) => !known.has(entry.eventId))
  const doubled = guest.history.filter((entry) => known.has(entry.eventId))
  let guestSeen = guest.seen
  for (const entry of doubled) if (marksSeen(entry.type)) guestSeen = removeSeen(guestSeen, entry.itemId)
  const history = [...user.history, ...moved].sort((a, b) => a.timestamp - b.timestamp).slice(-historyEntriesMax)
  const merged = {
    ...user,
    events: user.events + guest.events - doubled.length,
    history,
    seen: boundSeen(mergeSeen(user.seen, guestSeen), () => markedIn(history)),
    ...((user.attention || guest.attention) && {
      attention: mergeAttention(user.attention ?? noAttention, guest.attention ?? noAttention),
    }),
  }
  return refreshVector(merged, context.model)
}

/**
 * Returns the profile with the vector recomputed for `model`. Called after every event and after a new model is loaded.
 */
export function refreshVector(profile: UserProfile, model: FoldInModel | null): UserProfile {
  if (model === null || model.dimensions === 0) return { ...profile, vector: null, modelVersion: model?.version ?? 0 }
  const rows: number[] = []
  const strengths: number[] = []
  const isConsumed: boolean[] = []
  for (let k = profile.history.length - 1; k >= 0 && rows.length < model.foldIn.itemsMax; k--) {
    const entry = profile.history[k]!
    if (!isTouch(entry.type)) continue
    const row = model.index.get(entry.itemId)
    if (row === undefined) continue
    // A linear search over a few numbers is faster than hashing ids.
    const place = rows.indexOf(row)
    if (place < 0) {
      rows.push(row)
      strengths.push(Math.max(0.1, strengthOf(entry)))
      isConsumed.push(entry.type === 'CONSUME')
    } else if (entry.type === 'CONSUME' && isConsumed[place]) {
      strengths[place] = Math.max(strengths[place]!, strengthOf(entry))
    }
  }
  const vector = rows.length === 0 ? null : floatsToBytes(foldIn(model, rows, strengths))
  return { ...profile, vector, modelVersion: model.version }
}

/** The items that the history marks as seen. They stay in `seen`, so that an undo can subtract their events. */
function markedIn(history: readonly HistoryEntry[]): Set<string> {
  return new Set(history.filter(({ type }) => marksSeen(type)).map(({ itemId }) => itemId))
}

/**
 * Returns the history before another CONSUME event of its item is appended: of the earlier ones, the newest and the
 * strongest stay. Players send progress every few seconds; without this, one film would displace the rest of the
 * history.
 */
function mergeConsumed(history: HistoryEntry[], next: HistoryEntry): HistoryEntry[] {
  const earlier = history.filter(({ type, itemId }) => type === 'CONSUME' && itemId === next.itemId)
  if (earlier.length < 2) return history
  const newest = earlier.at(-1)!
  const strongest = earlier.reduce((best, one) => (strengthOf(one) > strengthOf(best) ? one : best), newest)
  const dropped = new Set(earlier.filter((entry) => entry !== newest && entry !== strongest))
  return history.filter((entry) => !dropped.has(entry))
}

function append(history: HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const from = Math.max(0, history.length - historyEntriesMax + 1)
  const kept = new Array<HistoryEntry>(history.length - from + 1)
  for (let k = from; k < history.length; k++) kept[k - from] = history[k]!
  kept[kept.length - 1] = entry
  return kept
}
