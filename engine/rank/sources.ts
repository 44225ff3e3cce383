import { PAIR_COLUMNS } from '../items/row.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { TRENDS } from '../replica/trend-board.ts'
import type { TrainedModel } from '../train/model.ts'
import type { Accumulator } from './accumulator.ts'
import type { Query } from './query.ts'
import type { TopK } from './top-k.ts'

/** The sums that sources collect per item, in this order. */
export const SUMS = ['next', 'session', 'ever', 'content', 'taste'] as const

export const SUM = Object.fromEntries(SUMS.map((name, place) => [name, place])) as Record<(typeof SUMS)[number], number>

const SEQUENCE_MAX = 10
const COSINE_MAX = 30
const CONTENT_MAX = 5

/**
 * Item pairs. `next` and `session` follow the direction of time (what came after the user's latest items, decayed by 0.6 and 0.8 per step back);
 * `ever` is the cosine of item kNN over both directions (Sarwar et al., WWW 2001), with a history decayed by 0.93 per step.
 */
export function collectPairs(query: Query, side: ItemSide, sums: Accumulator): void {
  const { pairs } = side
  const depth = Math.min(query.recents.length, COSINE_MAX)
  for (let k = 0; k < depth; k++) {
    const item = query.recents[k]!
    const next = k < SEQUENCE_MAX ? 0.6 ** k : 0
    const session = k < SEQUENCE_MAX ? 0.8 ** k : 0
    const users = Math.max(1, side.rows[item]?.users ?? 1)
    const ever = 0.93 ** k / Math.sqrt(users)
    const later = pairs.later[item]!
    const weights = pairs.weights[item]!
    for (let p = 0, n = pairs.counts[item]!; p < n; p++) {
      const other = later[p]!
      const at = p * PAIR_COLUMNS
      const norm = 1 / Math.sqrt(Math.max(1, side.rows[other]?.users ?? 1))
      if (next > 0) {
        sums.add(other, SUM.next, next * weights[at]!, k)
        sums.add(other, SUM.session, session * weights[at + 1]!, k)
      }
      sums.add(other, SUM.ever, ever * norm * weights[at + 2]!, k)
    }
    const earlier = pairs.earlier[item]!
    const places = pairs.places[item]!
    for (let p = 0; p < earlier.length; p++) {
      const other = earlier[p]!
      const norm = 1 / Math.sqrt(Math.max(1, side.rows[other]?.users ?? 1))
      sums.add(other, SUM.ever, ever * norm * pairs.weights[other]![places[p]! * PAIR_COLUMNS + 2]!, k)
    }
  }
}

/** Items that share terms with the latest few. */
export function collectContent(query: Query, side: ItemSide, sums: Accumulator): void {
  for (let k = 0; k < Math.min(query.recents.length, CONTENT_MAX); k++) {
    const weight = 0.7 ** k
    side.content.eachRelated(query.recents[k]!, (other, share) => sums.add(other, SUM.content, weight * share, k))
  }
}

/** Dot products of the user's vector with every item's factors; the best `wide` become candidates, the rest count where touched already. */
export function collectTaste(
  query: Query,
  model: TrainedModel,
  rowsToItems: Int32Array,
  best: TopK,
  wide: number,
  sums: Accumulator,
): void {
  const { vector } = query
  if (vector === null) return
  const { factors, dimensions: d } = model
  const found = Math.min(wide, rowsToItems.length)
  best.begin(found)
  for (let row = 0; row < rowsToItems.length; row++) {
    let dot = 0
    for (let k = 0, at = row * d; k < d; k++, at++) dot += vector[k]! * factors[at]!
    const item = rowsToItems[row]!
    if (sums.isTouched(item)) sums.values[item * sums.width + SUM.taste] = dot
    else best.offer(row, dot)
  }
  const rows = new Int32Array(found)
  const scores = new Float64Array(found)
  const count = best.drain(rows, scores)
  for (let k = 0; k < count; k++) {
    const item = rowsToItems[rows[k]!]!
    sums.touch(item)
    sums.values[item * sums.width + SUM.taste] = scores[k]!
  }
}

/** The first `wide` items of every trend board that may be listed become candidates. */
export function collectTrends(
  side: ItemSide,
  wide: number,
  isEligible: (item: number) => boolean,
  sums: Accumulator,
): void {
  for (let k = 0; k < TRENDS; k++) {
    const board = side.trends.board(k)
    for (let rank = 0, found = 0; rank < board.length && found < wide; rank++) {
      const item = board[rank]!
      if (!isEligible(item)) continue
      found++
      sums.touch(item)
    }
  }
}
