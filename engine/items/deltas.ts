import type { HistoryEntry, UserProfile } from '../user/profile.ts'
import { isPositive, isTouch, strengthOf } from '../user/signals.ts'

/** Distinct earlier items that one event is paired with. */
export const partnersMax = 50

/** Within one session no two events lie further apart. */
export const sessionGapMs = 60 * 60 * 1000

/**
 * What one event says about one item, to be added to the item's row. Every event makes exactly one, keyed by the event's own item: pairs are kept
 * at the later item ("what came before me"), which makes one small record per event instead of one per pair.
 */
export interface SideDelta {
  /** `i:` and the item id. */
  key: string
  timestamp: number
  /** What the event adds to the item's counters; below 0 for a refund or a dislike. */
  weight: number
  /** 1 for a user's first touch of the item that the history knows of. */
  newUser: 0 | 1
  /** Distinct items the user touched before, newest first, back to their own last touch of this item. */
  partners: string[]
  /** How many of the partners, from the first on, belong to the same session. */
  inSession: number
}

export function itemKey(itemId: string): string {
  return `i:${itemId}`
}

/**
 * The item-side deltas of the event at `seq`, read from the profile *after* it was applied, so that a replay derives the same ones again for as long
 * as the entry is in the history. Empty for impressions and for positions the history does not hold.
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
    weight: trendWeight(entry),
    newUser: isTouch(entry.type) ? 1 : 0,
    partners: [],
    inSession: 0,
  }
  if (isTouch(entry.type)) addPairDeltas(delta, history, place)
  return [delta]
}

function trendWeight(entry: HistoryEntry): number {
  if (!isTouch(entry.type)) return strengthOf(entry)
  return entry.type === 'RATING' || isPositive(entry) ? Math.max(0.2, steadyTrendWeights[entry.type] ?? 1) : 0
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
