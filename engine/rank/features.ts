import type { ItemSums } from '../kernels/item-sums.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { TRENDS } from '../replica/trend-board.ts'
import type { Affinity } from './affinity.ts'
import type { Query } from './query.ts'
import { S, SUMS } from './sources.ts'

/** Each from 0 to 1 within one query. A linear blend reads them twice: as they are, and curved. */
export const FEATURES = [
  ...SUMS,
  'hour',
  'day',
  'week',
  'month',
  'year',
  'foundWeek',
  'foundMonth',
  'foundDay',
  'total',
  'category',
  'new',
  'price',
] as const
export const F = FEATURES.length

const TREND = S
const TOTAL = S + TRENDS
const CATEGORY = TOTAL + 1
const NEW = TOTAL + 2
const PRICE = TOTAL + 3

/** Users' prices are a geometric mean of their latest items'. */
const PRICED = 10

/**
 * Fills `out` (F per candidate, in the order of `items`). `tops` are the greatest sums of this query; trends are shares of the item that trends most.
 */
export function fillFeatures(
  query: Query,
  side: ItemSide,
  affinity: Affinity,
  sums: ItemSums,
  tops: Float32Array,
  items: Int32Array,
  count: number,
  out: Float32Array,
): void {
  affinity.begin(query, side)
  const { figures, trends, prices } = side
  const price = priceOf(query, side)
  for (let s = 0; s < S; s++) perTopSum[s] = 1 / tops[s]!
  for (let k = 0; k < TRENDS; k++) perTopTrend[k] = trends.perTop(k)
  const perMost = 1 / Math.max(1, figures.eventsMax)
  let topCategory = 1e-9
  for (let c = 0; c < count; c++) {
    const item = items[c]!
    const at = c * F
    if (sums.isTouched(item)) {
      const from = sums.of(item)
      for (let s = 0; s < S; s++) {
        const sum = sums.values[from + s]!
        out[at + s] = sum > 0 ? sum * perTopSum[s]! : 0
      }
    } else out.fill(0, at, at + S)
    for (let k = 0; k < TRENDS; k++) {
      const share = trends.shares[item * TRENDS + k]! * perTopTrend[k]!
      out[at + TREND + k] = share < SHARE_MIN ? 0 : share
    }
    out[at + TOTAL] = figures.events[item]! * perMost
    const category = affinity.of(item)
    out[at + CATEGORY] = category
    if (category > topCategory) topCategory = category
    out[at + NEW] = figures.firstAt[item]! > 0 ? Math.min(1, figures.newness[item]! * figures.newNow) : 1
    const own = prices[item]!
    out[at + PRICE] = own > 0 && price > 0 ? Math.min(own / price, price / own) : 0
  }
  for (let c = 0; c < count; c++) out[c * F + CATEGORY]! /= topCategory
}

const SHARE_MIN = 1e-9
const perTopSum = new Float64Array(S)
const perTopTrend = new Float64Array(TRENDS)

/** 0 where none is known. */
function priceOf(query: Query, side: ItemSide): number {
  let sum = 0
  let weights = 0
  for (let k = 0, fade = 1; k < Math.min(PRICED, query.recents.length); k++, fade *= 0.8) {
    const price = side.prices[query.recents[k]!] ?? 0
    if (price <= 0) continue
    sum += fade * Math.log(price)
    weights += fade
  }
  return weights > 0 ? Math.exp(sum / weights) : 0
}
