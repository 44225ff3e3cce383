import { type ItemSums, laneCount } from '../kernels/item-sums.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { multiplierIndex, multipliersPerItem } from '../replica/item-stats.ts'
import { trendCount } from '../replica/trend-board.ts'
import type { IndexedWeights } from './indexed-model.ts'
import type { Query } from './query.ts'

/**
 * The sums that sources collect per item, in the order of the lanes of sums.wat: it writes the first four and back, at
 * most sumsMax fit.
 */
export const sumNames = [
  'next',
  'fresh',
  'session',
  'ever',
  'last',
  'back',
  'freshLatest',
  'freshSecond',
  'freshThird',
  'backLatest',
  'backSecond',
  'content',
  'itemRegression',
  'itemKnn',
  'taste',
  'repeat',
  'habit',
] as const

export const sumCount = sumNames.length

export const sumIndex = Object.fromEntries(sumNames.map((name, place) => [name, place])) as Record<
  (typeof sumNames)[number],
  number
>

/** Sums of one latest item alone, by its place from the newest. */
const freshOf: readonly number[] = [sumIndex.freshLatest, sumIndex.freshSecond, sumIndex.freshThird]
const backOf: readonly number[] = [sumIndex.backLatest, sumIndex.backSecond]

/** All sums of one latest item. Linear weights without a hidden layer do not use them: they rank better without. */
export const sumsOfOneItem: readonly number[] = [...freshOf, ...backOf]

/** The place of the latest item that a sum belongs to; -1 for a sum of several items. */
export const placeOfSum = (sum: number): number => Math.max(freshOf.indexOf(sum), backOf.indexOf(sum))

/** Number of latest items that each source reads. */
const sequenceItemsMax = 10
const cosineItemsMax = 12
const itemWeightItemsMax = 30
const contentItemsMax = 5

/**
 * Item pairs. `last`, `next`, `fresh` and `session` follow the direction of time: how often the candidate came after
 * the user's latest items, per event of those. `back` follows the nearest predecessors, against time. `freshLatest`
 * to `freshThird` are the parts of `fresh` that the latest three items give, `backLatest` and `backSecond` what came
 * before the latest two with the fast half-life. `ever` is the cosine of item kNN over both directions (Sarwar et
 * al., WWW 2001). Older items of the history are decayed by a factor per position.
 */
export function collectPairs(query: Query, side: ItemSide, sums: ItemSums): void {
  const { pairs, stats } = side
  const { multipliers, slowNow, fastNow } = stats
  for (let k = 0; k < Math.min(query.recents.length, cosineItemsMax); k++) {
    const item = query.recents[k]!
    if (item < 0) continue
    const follows = k < sequenceItemsMax ? stats.confidence[item]! : 0
    const next = 0.6 ** k * follows
    const session = 0.85 ** k * follows * slowNow
    const ever = 0.95 ** k * multipliers[item * multipliersPerItem + multiplierIndex.cosine]! * slowNow
    const strong = pairs.read(item)
    const later = [next * slowNow, next * fastNow, session, ever]
    if (strong.count > 0) sums.addLater(strong, later, k, freshOf[k] ?? 0)
    if (k === 0)
      for (let at = 0, end = sums.count * laneCount, { values } = sums; at < end; at += laneCount)
        values[at + sumIndex.last] = values[at + sumIndex.next]!
    const slow = multipliers[item * multipliersPerItem + multiplierIndex.slow]!
    const fast = multipliers[item * multipliersPerItem + multiplierIndex.fast]!
    const earlier = pairs.earlier(item)
    const scales = [next * slowNow * slow, next * fastNow * fast, ever * slow] as const
    if (earlier.length > 0) sums.addEarlier(earlier, pairs.earlierWeights(item), scales, k, backOf[k] ?? 0)
  }
}

/** Adds trained item weights of the latest items to sum `sum`, decayed by 0.97 per position. */
export function collectItemWeights(
  query: Query,
  sum: number,
  { starts, pairs }: IndexedWeights,
  toRow: Int32Array,
  sums: ItemSums,
): void {
  for (let k = 0; k < Math.min(query.recents.length, itemWeightItemsMax); k++) {
    const row = toRow[query.recents[k]!] ?? -1
    if (row >= 0) sums.addWeights(pairs, starts[row]!, starts[row + 1]!, 0.97 ** k, sum, k)
  }
}

/**
 * The user's latest items themselves, fading by 0.8 per step back: what is consumed again is most often what was
 * consumed last (Anderson et al., WWW 2014).
 */
export function collectRepeats(query: Query, sums: ItemSums): void {
  for (let k = 0; k < query.recents.length; k++) {
    const item = query.recents[k]!
    if (item < 0) continue
    sums.touch(item)
    sums.add(item, sumIndex.repeat, 0.8 ** k)
  }
}

/** The items that the user buys or rates repeatedly, by decayed frequency (UserSnapshot.habits). */
export function collectHabits(query: Query, sums: ItemSums): void {
  for (const { item, weight } of query.habits) {
    sums.touch(item)
    sums.add(item, sumIndex.habit, weight)
  }
}

/** Adds items that share content terms with the latest items, decayed by 0.7 per position. */
export function collectContent(query: Query, side: ItemSide, sums: ItemSums): void {
  for (let k = 0; k < Math.min(query.recents.length, contentItemsMax); k++) {
    const item = query.recents[k]!
    side.content.forEachRelated(item, (others, share) => {
      const amount = 0.7 ** k * share
      sums.addItems(others, item, amount, 0.05 * amount, sumIndex.content, k)
    })
  }
}

/**
 * Writes the first `perBoardMax` eligible items of every trend board to `out`. Returns their number; an item may occur
 * more than once.
 */
export function collectTrends(
  side: ItemSide,
  perBoardMax: number,
  isEligible: (item: number) => boolean,
  out: Int32Array,
): number {
  let count = 0
  for (let k = 0; k < trendCount; k++) {
    const board = side.trends.board(k)
    for (let rank = 0, found = 0; rank < board.length && found < perBoardMax; rank++) {
      const item = board[rank]!
      if (!isEligible(item)) continue
      found++
      out[count++] = item
    }
  }
  return count
}
