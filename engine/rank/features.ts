import { TREND_HALF_LIVES_MS } from '../items/row.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { TRENDS } from '../replica/trend-board.ts'
import type { Accumulator } from './accumulator.ts'
import type { Query } from './query.ts'
import { S, SUM, SUMS } from './sources.ts'

/** The part of the features that is scaled to 0..1 within one query: a linear blend reads these (and their square roots). */
const SCALED = [...SUMS, 'hour', 'day', 'week', 'month', 'year', 'total', 'category', 'new', 'price'] as const
/** Unscaled evidence and the user's situation, for trees. */
const PLAIN = [
  'lastRaw',
  'nextRaw',
  'sessionRaw',
  'neighboursRaw',
  'tasteRaw',
  'totalRaw',
  'inSession',
  'idle',
  'recents',
] as const

export const FEATURES = [...SCALED, ...PLAIN] as const
export const LINEAR = SCALED.length
export const F = FEATURES.length

const TREND = S
const TOTAL = S + TRENDS
const CATEGORY = TOTAL + 1
const NEW = TOTAL + 2
const PRICE = TOTAL + 3

const NEW_HALF_LIFE_MS = 30 * 24 * 3_600_000

/**
 * Fills `out` (F per candidate, in the order of `items`). `tops` are the greatest sums of this query; trends are shares of the item that trends most.
 */
export function fillFeatures(
  query: Query,
  side: ItemSide,
  sums: Accumulator,
  tops: Float64Array,
  items: Int32Array,
  count: number,
  out: Float32Array,
): void {
  const loved = categoriesOf(query, side)
  const price = priceOf(query, side)
  const logPrice = Math.log(price)
  const idle = Math.log1p((query.ages[0] ?? 1e12) / 1000)
  const recents = Math.log1p(query.recents.length)
  const inSession = Math.log1p(query.inSession)
  const topLevels = TREND_HALF_LIVES_MS.map(
    (_, k) => side.trends.levels[(side.trends.board(k)[0] ?? 0) * TRENDS + k] ?? 0,
  )
  const topTotal = Math.max(1, side.eventsMax)
  let topCategory = 1e-9
  for (let c = 0; c < count; c++) {
    const item = items[c]!
    const at = c * F
    const known = sums.isTouched(item)
    const from = known ? sums.at(item) : 0
    for (let s = 0; s < S; s++)
      out[at + s] = known && sums.values[from + s]! > 0 ? sums.values[from + s]! / tops[s]! : 0
    for (let k = 0; k < TRENDS; k++)
      out[at + TREND + k] = halved(side.trends.levels[item * TRENDS + k]! - topLevels[k]!)
    out[at + TOTAL] = side.events[item]! / topTotal
    out[at + CATEGORY] = affinity(side.metas[item]?.categories, loved)
    if (out[at + CATEGORY]! > topCategory) topCategory = out[at + CATEGORY]!
    out[at + NEW] = side.firstAt[item]! > 0 ? halved((side.firstAt[item]! - query.now) / NEW_HALF_LIFE_MS) : 1
    const own = side.metas[item]?.price
    out[at + PRICE] = own && price > 0 ? Math.exp(-Math.abs(Math.log(own) - logPrice)) : 0
    let plain = at + LINEAR
    out[plain++] = known ? sums.values[from + SUM.last]! : 0
    out[plain++] = known ? sums.values[from + SUM.next]! : 0
    out[plain++] = known ? sums.values[from + SUM.session]! : 0
    out[plain++] = known ? sums.values[from + SUM.neighbours]! : 0
    out[plain++] = known ? sums.values[from + SUM.taste]! : 0
    out[plain++] = Math.log1p(side.events[item]!)
    out[plain++] = inSession
    out[plain++] = idle
    out[plain] = recents
  }
  for (let c = 0; c < count; c++) out[c * F + CATEGORY]! /= topCategory
}

/** 2^x, and nothing for what is less than a billionth. */
function halved(x: number): number {
  return x < -30 ? 0 : Math.exp(x * Math.LN2)
}

function affinity(categories: readonly string[] | undefined, loved: ReadonlyMap<string, number>): number {
  if (categories === undefined || categories.length === 0 || loved.size === 0) return 0
  let sum = 0
  for (const category of categories) sum += loved.get(category) ?? 0
  return Math.max(0, sum / Math.sqrt(categories.length))
}

function categoriesOf(query: Query, side: ItemSide): Map<string, number> {
  const loved = new Map<string, number>()
  for (let k = 0; k < Math.min(20, query.recents.length); k++) {
    const categories = side.metas[query.recents[k]!]?.categories ?? []
    for (const category of categories) {
      const weight = (0.9 ** k * query.strengths[k]!) / categories.length
      loved.set(category, (loved.get(category) ?? 0) + weight)
    }
  }
  return loved
}

/** Geometric mean price of the latest items, 0 where none is known. */
function priceOf(query: Query, side: ItemSide): number {
  let sum = 0
  let weights = 0
  for (let k = 0; k < Math.min(10, query.recents.length); k++) {
    const price = side.metas[query.recents[k]!]?.price
    if (!price || price <= 0) continue
    sum += 0.8 ** k * Math.log(price)
    weights += 0.8 ** k
  }
  return weights > 0 ? Math.exp(sum / weights) : 0
}

/** The user's strongest categories, at most three: the reason of picks by taste. */
export function strongestCategories(query: Query, side: ItemSide): string[] {
  return [...categoriesOf(query, side)]
    .filter(([, weight]) => weight > 0)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([category]) => category)
}
