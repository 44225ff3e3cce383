import { PAIR, PAIR_COLUMNS } from '../items/row.ts'
import { LIFT, LIFTS } from '../replica/item-figures.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { PAIR_WEIGHTS, PAIR_WORDS } from '../replica/pair-lists.ts'
import { TRENDS } from '../replica/trend-board.ts'
import type { ItemWeights } from '../train/item-weights.ts'
import type { Accumulator } from './accumulator.ts'
import type { Query } from './query.ts'
import type { TopK } from './top-k.ts'

/** The sums that sources collect per item, in this order. */
export const SUMS = [
  'last',
  'next',
  'fresh',
  'session',
  'back',
  'ever',
  'content',
  'neighbours',
  'kin',
  'taste',
] as const

export const S = SUMS.length

export const SUM = Object.fromEntries(SUMS.map((name, place) => [name, place])) as Record<(typeof SUMS)[number], number>

/** How many of the latest items each source follows. */
const SEQUENCE_MAX = 10
const COSINE_MAX = 12
const NEIGHBOURS_MAX = 30
const CONTENT_MAX = 5

/**
 * Item pairs. `last`, `next`, `fresh` and `session` follow the direction of time: how often the candidate came after the user's latest items, per
 * event of those. `back` follows the nearest predecessors, against time. `ever` is the cosine of item kNN over both directions (Sarwar et al., WWW
 * 2001). The history fades by a factor per step back.
 */
export function collectPairs(query: Query, side: ItemSide, sums: Accumulator): void {
  const { pairs, figures } = side
  const { lifts, slowNow, fastNow } = figures
  const depth = Math.min(query.recents.length, COSINE_MAX)
  for (let k = 0; k < depth; k++) {
    const item = query.recents[k]!
    if (item < 0) continue
    const inSequence = k < SEQUENCE_MAX
    const next = 0.6 ** k * figures.confidence[item]!
    const session = 0.85 ** k * figures.confidence[item]! * slowNow
    const ever = 0.95 ** k * lifts[item * LIFTS + LIFT.cosine]! * slowNow
    const near = next * slowNow
    const fresh = next * fastNow
    const { list, strong } = pairs.read(item)
    const { ints, floats: weights } = list
    for (let p = 0; p < strong; p++) {
      const other = ints[p * PAIR_WORDS]!
      const at = p * PAIR_WORDS + PAIR_WEIGHTS
      const to = sums.touch(other)
      const { values } = sums
      const lift = other * LIFTS
      const slow = lifts[lift + LIFT.slow]!
      const cos = ever * lifts[lift + LIFT.slowCosine]! * weights[at + PAIR.ever]!
      values[to + SUM.ever]! += cos
      if (inSequence) {
        const now = near * slow * weights[at + PAIR.near]!
        if (k === 0) values[to + SUM.last] = now
        values[to + SUM.next]! += now
        values[to + SUM.fresh]! += fresh * lifts[lift + LIFT.fast]! * weights[at + PAIR.fresh]!
        values[to + SUM.session]! += session * slow * weights[at + PAIR.session]!
        sums.credit(to, now + cos, k)
      } else sums.credit(to, cos, k)
    }
    const earlier = pairs.earlier[item]!
    const row = pairs.rows[item]!
    const slow = lifts[item * LIFTS + LIFT.slow]!
    for (let p = 0; p < earlier.length; p++) {
      const other = earlier[p]!
      const at = p * PAIR_COLUMNS
      const to = sums.touch(other)
      const cos = ever * lifts[other * LIFTS + LIFT.cosine]! * slow * row[at + PAIR.ever]!
      sums.values[to + SUM.ever]! += cos
      if (inSequence) sums.values[to + SUM.back]! += near * slow * row[at + PAIR.near]!
      sums.credit(to, cos, k)
    }
  }
}

/** What the trained item weights say of the latest items, fading by 0.97 per step back. */
export function collectNeighbours(
  query: Query,
  source: number,
  weights: ItemWeights,
  toRow: Int32Array,
  toItem: Int32Array,
  sums: Accumulator,
): void {
  const { starts, targets, weights: says } = weights
  for (let k = 0; k < Math.min(query.recents.length, NEIGHBOURS_MAX); k++) {
    const row = toRow[query.recents[k]!] ?? -1
    if (row < 0) continue
    const trust = 0.97 ** k
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const other = toItem[targets[at]!]!
      const part = trust * says[at]!
      const to = sums.touch(other)
      sums.values[to + source]! += part
      sums.credit(to, part, k)
    }
  }
}

/** Items that share terms with the latest few. */
export function collectContent(query: Query, side: ItemSide, sums: Accumulator): void {
  for (let k = 0; k < Math.min(query.recents.length, CONTENT_MAX); k++) {
    const weight = 0.7 ** k
    const item = query.recents[k]!
    side.content.eachRelated(item, (others, share) => {
      for (const other of others) {
        if (other === item) continue
        const to = sums.touch(other)
        sums.values[to + SUM.content]! += weight * share
        sums.credit(to, 0.05 * weight * share, k)
      }
    })
  }
}

/** `products`: the user's vector with every row's factors. The best `wide` become candidates, the rest count where touched already. */
export function collectTaste(
  products: Float32Array,
  toItem: Int32Array,
  best: TopK,
  wide: number,
  rows: Int32Array,
  sums: Accumulator,
): void {
  best.begin(Math.min(wide, products.length))
  let least = best.threshold
  for (let row = 0; row < products.length; row++) {
    if (products[row]! < least) continue
    best.offer(row, products[row]!)
    least = best.threshold
  }
  const count = best.drain(rows)
  for (let k = 0; k < count; k++) sums.touch(toItem[rows[k]!]!)
}

/** The first `wide` items of every trend board that may be listed, into `out`; returns how many (an item may stand there twice). */
export function collectTrends(
  side: ItemSide,
  wide: number,
  isEligible: (item: number) => boolean,
  out: Int32Array,
): number {
  let count = 0
  for (let k = 0; k < TRENDS; k++) {
    const board = side.trends.board(k)
    for (let rank = 0, found = 0; rank < board.length && found < wide; rank++) {
      const item = board[rank]!
      if (!isEligible(item)) continue
      found++
      out[count++] = item
    }
  }
  return count
}
