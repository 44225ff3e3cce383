import { type HistoryEntry, historyEntriesMax, type UserProfile } from '../user/profile.ts'
import { seenCount } from '../user/seen.ts'
import { isPositive, isTouch, marksSeen, strengthOf, timeBonus } from '../user/signals.ts'
import { firstTouchTrendsFrom, trendHalfLivesMs } from './trends.ts'

/** Maximum distinct earlier items that one event is paired with. */
export const partnersMax = 50

/** Maximum gap between consecutive events of one session. */
export const sessionGapMs = 60 * 60 * 1000

/**
 * Maximum that the events of one user add to, or take from, a trend counter of an item, decayed like the counter:
 * about one person, however often that person acts.
 */
export const userTrendMax = 1

/** A user's pair of items counts once in this time. */
export const pairWindowMs = 24 * 60 * 60 * 1000

/**
 * A full history that spans less time than this has lost recent events, so earlier events of the user with an item
 * are unknown.
 */
const floodMs = 60 * 60 * 1000

/**
 * The change that one event makes to the row of its item. Each event gives exactly one delta: pairs are stored in the
 * row of the later item, so an event writes one small record instead of one per pair.
 */
export interface SideDelta {
  /** Row key: `i:` followed by the item id. */
  key: string
  timestamp: number
  /** Added to the item's counters, -1 to 1. Negative for a refund or a dislike. */
  weight: number
  /**
   * The amount added to each trend counter of all events. Absent where it is `weight` for all of them
   * (`userTrendMax`).
   */
  trend?: readonly number[]
  /** A hash of the user, 1 to 65,535, to distinguish two users from one. Absent: unknown. */
  user?: number
  /** 1 if this is the user's first touch of the item within the stored history. */
  newUser: 0 | 1
  /**
   * Distinct items the user touched since their previous touch of this item, newest first, without those that came
   * before this item already within `pairWindowMs`.
   */
  partners: string[]
  /** Number of leading partners that belong to the same session. */
  inSession: number
}

export function itemKey(itemId: string): string {
  return `i:${itemId}`
}

/**
 * Returns the item-side deltas of the event at `seq`, computed from the profile *after* the event was applied. A replay
 * gives the same deltas as long as the event is in the history. Empty for impressions and for events that are not in
 * the history.
 */
export function sideDeltasOf(profileAfter: UserProfile, seq: number): SideDelta[] {
  const { history } = profileAfter
  let place = history.length - 1
  while (place >= 0 && history[place]!.seq !== seq) place--
  if (place < 0) return []
  const entry = history[place]!
  const weight = weightAt(history, place)
  const user = hashOfUser(profileAfter.userId)
  const delta: SideDelta = {
    key: itemKey(entry.itemId),
    timestamp: entry.timestamp,
    weight,
    user,
    newUser: 0,
    partners: [],
    inSession: 0,
  }
  const isRepeated = history.some(({ itemId }, k) => k < place && itemId === entry.itemId)
  if (!isRepeated && isFlooded(profileAfter, entry)) return [{ ...delta, weight: 0 }]
  if (isRepeated) {
    const trend = cappedTrend(history, place)
    if (trend.some((added) => added !== weight)) delta.trend = trend
  }
  if (isTouch(entry.type)) {
    delta.newUser = 1
    addPairDeltas(delta, history, place)
  }
  return [delta]
}

/** FNV-1a, folded to 16 bits. Two users of one hash count as one. */
function hashOfUser(userId: string): number {
  let hash = 0x811c9dc5
  for (let k = 0; k < userId.length; k++) hash = Math.imul(hash ^ userId.charCodeAt(k), 0x01000193)
  return (hash ^ (hash >>> 16)) & 0xffff || 1
}

/**
 * Whether the history has lost the events of an hour ago, and `seen` does not show that the item is new to the user.
 */
function isFlooded({ history, seen }: UserProfile, { itemId, type, timestamp }: HistoryEntry): boolean {
  if (history.length < historyEntriesMax || timestamp - history[0]!.timestamp >= floodMs) return false
  return !marksSeen(type) || seenCount(seen, itemId) > 1
}

function weightAt(history: readonly HistoryEntry[], place: number): number {
  const entry = history[place]!
  return entry.type === 'CONSUME' ? addedByConsume(history, place) : trendWeight(entry)
}

/** The amount that the event at `place` adds to each trend counter of all events, limited by `userTrendMax`. */
function cappedTrend(history: readonly HistoryEntry[], place: number): number[] {
  const { itemId } = history[place]!
  const sums = trendHalfLivesMs.slice(0, firstTouchTrendsFrom).map(() => 0)
  const added = sums.slice()
  let newestAt = -Infinity
  for (let k = 0; k <= place; k++) {
    const entry = history[k]!
    if (entry.itemId !== itemId) continue
    const weight = weightAt(history, k)
    const elapsed = Number.isFinite(newestAt) ? Math.max(0, entry.timestamp - newestAt) : 0
    newestAt = Math.max(newestAt, entry.timestamp)
    for (let counter = 0; counter < sums.length; counter++) {
      const before = sums[counter]! * 2 ** (-elapsed / trendHalfLivesMs[counter]!)
      const after = Math.max(-userTrendMax, Math.min(userTrendMax, before + weight))
      added[counter] = after - before
      sums[counter] = after
    }
  }
  return added
}

/** Together the CONSUME events of one item add the strength of the greatest of them, however often progress is sent. */
function addedByConsume(history: readonly HistoryEntry[], place: number): number {
  const entry = history[place]!
  let greatest = 0
  for (let k = 0; k < place; k++) {
    const earlier = history[k]!
    if (earlier.type === 'CONSUME' && earlier.itemId === entry.itemId)
      greatest = Math.max(greatest, strengthOf(earlier))
  }
  return Math.max(0, strengthOf(entry) - greatest)
}

function trendWeight(entry: HistoryEntry): number {
  if (!isTouch(entry.type)) return strengthOf(entry)
  return entry.type === 'RATING' || isPositive(entry)
    ? Math.max(0.2, steadyTrendWeights[entry.type] ?? 1) + timeBonus(entry)
    : 0
}

/** Trend weights of the touches that are no purchase, rating or like; those count 1. */
const steadyTrendWeights: Partial<Record<HistoryEntry['type'], number>> = { VIEW: 0.4, CLICK: 0.5, CART: 0.8 }

function addPairDeltas(delta: SideDelta, history: readonly HistoryEntry[], place: number): void {
  const { itemId, timestamp } = history[place]!
  const previous = previousTouch(history, place)
  if (previous >= 0) delta.newUser = 0
  const counted = itemsBefore(history, previous, timestamp - pairWindowMs)
  let newer = history[place]!
  let session = true
  const paired = new Set<string>()
  for (let k = place - 1; k > previous; k--) {
    const earlier = history[k]!
    if (!isTouch(earlier.type) || earlier.itemId === itemId) continue
    session &&= newer.timestamp - earlier.timestamp <= sessionGapMs
    newer = earlier
    if (paired.size >= partnersMax || paired.has(earlier.itemId) || counted.has(earlier.itemId)) continue
    paired.add(earlier.itemId)
    delta.partners.push(earlier.itemId)
    if (session) delta.inSession = delta.partners.length
  }
}

/** Index of the user's previous touch of the item at `place`; -1: none in the history. */
function previousTouch(history: readonly HistoryEntry[], place: number): number {
  const { itemId } = history[place]!
  let k = place - 1
  while (k >= 0 && (history[k]!.itemId !== itemId || !isTouch(history[k]!.type))) k--
  return k
}

/** Items touched before the touch at `place`, where both are not older than `from`: they are paired already. */
function itemsBefore(history: readonly HistoryEntry[], place: number, from: number): ReadonlySet<string> {
  const items = new Set<string>()
  if (place < 0 || history[place]!.timestamp < from) return items
  for (let k = place - 1; k >= 0 && history[k]!.timestamp >= from; k--) {
    if (isTouch(history[k]!.type)) items.add(history[k]!.itemId)
  }
  return items
}
