import type { ItemSums } from '../kernels/item-sums.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { trendCount } from '../replica/trend-board.ts'
import type { CategoryAffinity } from './category-affinity.ts'
import type { Query } from './query.ts'
import { sumCount, sumNames } from './sources.ts'

/**
 * Feature names. Values are 0 to 1 within one query. The linear blend uses each feature twice: unchanged and through
 * `logCurve`.
 */
export const featureNames = [
  ...sumNames,
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
export const featureCount = featureNames.length

const trendFeature = sumCount
const totalFeature = sumCount + trendCount
const categoryFeature = totalFeature + 1
const newFeature = totalFeature + 2
const priceFeature = totalFeature + 3

/** Number of latest items whose geometric mean is the user's price level. */
const pricedItemsMax = 10

/**
 * Fills `out` (featureCount per candidate, in the order of `items`). `tops` are the maxima of the sums in this query.
 * Trend features are relative to the item with the highest trend.
 */
export function fillFeatures(
  query: Query,
  side: ItemSide,
  affinity: CategoryAffinity,
  sums: ItemSums,
  tops: Float32Array,
  items: Int32Array,
  count: number,
  out: Float32Array,
): void {
  affinity.begin(query, side)
  const { stats, trends, prices } = side
  // The loop reads arrays, not properties of objects: it takes most of the time of this function.
  const { values } = sums
  const { shares } = trends
  const { events, firstAt, newness, newNow } = stats
  const price = priceOf(query, side)
  for (let s = 0; s < sumCount; s++) perTopSum[s] = 1 / tops[s]!
  for (let k = 0; k < trendCount; k++) perTopTrend[k] = trends.perTop(k)
  const perMost = 1 / Math.max(1, stats.eventsMax)
  let topCategory = 1e-9
  for (let c = 0; c < count; c++) {
    const item = items[c]!
    const at = c * featureCount
    const from = sums.placeOf(item)
    if (from >= 0) {
      for (let s = 0; s < sumCount; s++) {
        const sum = values[from + s]!
        out[at + s] = sum > 0 ? sum * perTopSum[s]! : 0
      }
    } else out.fill(0, at, at + sumCount)
    for (let k = 0; k < trendCount; k++) {
      const share = shares[item * trendCount + k]! * perTopTrend[k]!
      out[at + trendFeature + k] = share < shareMin ? 0 : share
    }
    out[at + totalFeature] = events[item]! * perMost
    const category = affinity.of(item)
    out[at + categoryFeature] = category
    if (category > topCategory) topCategory = category
    out[at + newFeature] = firstAt[item]! > 0 ? Math.min(1, newness[item]! * newNow) : 1
    const own = prices[item]!
    out[at + priceFeature] = own > 0 && price > 0 ? Math.min(own / price, price / own) : 0
  }
  for (let c = 0; c < count; c++) out[c * featureCount + categoryFeature]! /= topCategory
}

const shareMin = 1e-9
const perTopSum = new Float64Array(sumCount)
const perTopTrend = new Float64Array(trendCount)

/** Price level of the query's user. 0 if no price is known. */
function priceOf(query: Query, side: ItemSide): number {
  let sum = 0
  let weights = 0
  for (let k = 0, fade = 1; k < Math.min(pricedItemsMax, query.recents.length); k++, fade *= 0.8) {
    const price = side.prices[query.recents[k]!] ?? 0
    if (price <= 0) continue
    sum += fade * Math.log(price)
    weights += fade
  }
  return weights > 0 ? Math.exp(sum / weights) : 0
}
