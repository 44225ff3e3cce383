import type { StoredList } from '../../schema/records/list.ts'
import type { RankedList } from '../../schema/records/ranked-list.ts'
import type { QualityHour } from '../../schema/records/stage-status.ts'
import type { Outcome } from '../runner/stage.ts'

/** State of one user: the list that was last published. */
export interface Published {
  /** Its position in topic interactions. */
  readonly offset: number
  readonly top: TopItems
}

/**
 * Item ids, best first, in one string: each follows a character whose code is its length. Takes a fifth of the memory
 * of separate strings.
 */
type TopItems = string & { readonly kind: 'TopItems' }

export interface QualityContext {
  readonly tally: QualityTally
}

export const scoredTop = 20

/**
 * Test-then-learn on live traffic: was the item of the event that made this list in the previous list? Not scored: a
 * first list, a replay, and an event that no list could have contained.
 */
export function scoreList(
  list: StoredList | null,
  before: Published | undefined,
  { tally }: QualityContext,
): Outcome<Published> {
  if (list === null) return { state: null }
  const { offset } = list.position
  if (before !== undefined && offset <= before.offset) return {}
  if (before !== undefined && list.heldOutItem !== null) {
    tally.add(list.rankedAt, rankIn(before.top, list.heldOutItem))
  }
  return { state: { offset, top: topOf(list.unseen) } }
}

/** Reads only as far as needed. */
function topOf(list: RankedList): TopItems {
  const parts: string[] = []
  for (const { itemId } of list) {
    if (parts.push(String.fromCharCode(itemId.length), itemId) === 2 * scoredTop) break
  }
  return parts.join('') as TopItems
}

/** The rank of an item, from 1; 0 if it is not in the list. */
function rankIn(top: TopItems, itemId: string): number {
  let rank = 1
  for (let at = 0; at < top.length; rank++) {
    const length = top.charCodeAt(at++)
    if (length === itemId.length && top.startsWith(itemId, at)) return rank
    at += length
  }
  return 0
}

export interface QualityTally {
  /** @param rank from 1; 0 for a miss */
  add(at: number, rank: number): void
  hours(): readonly QualityHour[]
}

const hourMs = 3_600_000

/** Sums by hour of the log's time; keeps the newest `hoursMax`. */
export function createTally(hoursMax = 48): QualityTally {
  const hours = new Map<number, { scored: number; hits: number; reciprocalRanks: number }>()
  return {
    add(at, rank) {
      const hour = Math.floor(at / hourMs) * hourMs
      let sums = hours.get(hour)
      if (sums === undefined) {
        sums = { scored: 0, hits: 0, reciprocalRanks: 0 }
        hours.set(hour, sums)
        if (hours.size > hoursMax) hours.delete(Math.min(...hours.keys()))
      }
      sums.scored++
      if (rank > 0) {
        sums.hits++
        sums.reciprocalRanks += 1 / rank
      }
    },
    hours: () => [...hours].map(([hour, sums]) => ({ hour, ...sums })).sort((a, b) => a.hour - b.hour),
  }
}
