import type { HistoryEntry, UserProfile } from '../user/profile.ts'
import { isPositive, isTouch, strengthOf, timeBonus } from '../user/signals.ts'

/** Maximum distinct earlier items that one event is paired with. */
export const partnersMax = 50

/** Maximum gap between consecutive events of one session. */
export const sessionGapMs = 60 * 60 * 1000

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
  /** 1 if this is the user's first touch of the item within the stored history. */
  newUser: 0 | 1
  /** Distinct items the user touched since their previous touch of this item, newest first. */
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
  const delta: SideDelta = {
    key: itemKey(entry.itemId),
    timestamp: entry.timestamp,
    weight: entry.type === 'CONSUME' ? addedByConsume(history, place) : trendWeight(entry),
    newUser: isTouch(entry.type) ? 1 : 0,
    partners: [],
    inSession: 0,
  }
  if (isTouch(entry.type)) addPairDeltas(delta, history, place)
  return [delta]
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

const steadyTrendWeights: Partial<Record<HistoryEntry['type'], number>> = { VIEW: 0.4, CLICK: 0.5, CART: 0.8 }

function addPairDeltas(delta: SideDelta, history: readonly HistoryEntry[], place: number): void {
  const { itemId } = history[place]!
  let newer = history[place]!
  let session = true
  const paired = new Set<string>()
  for (let k = place - 1; k >= 0; k--) {
    const earlier = history[k]!
    if (!isTouch(earlier.type)) continue
    if (earlier.itemId === itemId) {
      delta.newUser = 0
      return
    }
    session &&= newer.timestamp - earlier.timestamp <= sessionGapMs
    newer = earlier
    if (paired.size >= partnersMax || paired.has(earlier.itemId)) continue
    paired.add(earlier.itemId)
    delta.partners.push(earlier.itemId)
    if (session) delta.inSession = delta.partners.length
  }
}
