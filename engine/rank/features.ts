import { TREND_HALF_LIVES_MS } from '../items/row.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { TRENDS } from '../replica/trend-board.ts'
import type { Accumulator } from './accumulator.ts'
import type { Query } from './query.ts'
import { SUM, SUMS } from './sources.ts'

/** What the blend sees of a candidate; every feature lies between 0 and 1 within one query. */
export const FEATURES = [...SUMS, 'hour', 'day', 'week', 'month', 'year', 'category'] as const

export const F = FEATURES.length

/** Weights before anything was learned from the log: sequences first, then similarity and taste, trends as the tie-breaker. */
export const DEFAULT_WEIGHTS: readonly number[] = [1, 0.5, 0.8, 0.15, 0.3, 0.02, 0.1, 0.1, 0.08, 0.05, 0.1]

/**
 * Fills `out` (F per candidate, in the order of `items`). Sums are divided by their greatest in this query, trends by the greatest of all items.
 */
export function fillFeatures(
  query: Query,
  side: ItemSide,
  sums: Accumulator,
  items: Int32Array,
  count: number,
  out: Float32Array,
): void {
  const tops = new Float64Array(F)
  const loved = categoriesOf(query, side)
  for (let c = 0; c < count; c++) {
    const item = items[c]!
    const at = c * F
    const decay = side.pairDecay(item, query.now)
    for (let s = 0; s < SUMS.length; s++) {
      const value = sums.values[item * sums.width + s]!
      out[at + s] = s <= SUM.ever ? value * decay : Math.max(0, value)
    }
    for (let k = 0; k < TRENDS; k++) {
      const level = side.trends.levels[item * TRENDS + k]! - query.now / TREND_HALF_LIVES_MS[k]!
      out[at + SUMS.length + k] = level > -40 ? 2 ** Math.min(60, level) : 0
    }
    let affinity = 0
    const categories = side.metas[item]?.categories
    if (categories !== undefined && loved.size > 0) {
      for (const category of categories) affinity += loved.get(category) ?? 0
      affinity /= Math.sqrt(Math.max(1, categories.length))
    }
    out[at + SUMS.length + TRENDS] = affinity
    for (let f = 0; f < F; f++) if (out[at + f]! > tops[f]!) tops[f] = out[at + f]!
  }
  for (let c = 0; c < count; c++) for (let f = 0; f < F; f++) if (tops[f]! > 0) out[c * F + f]! /= tops[f]!
}

function categoriesOf(query: Query, side: ItemSide): Map<string, number> {
  const loved = new Map<string, number>()
  let total = 0
  query.recents.forEach((item, k) => {
    const categories = side.metas[item]?.categories ?? []
    for (const category of categories) {
      const weight = (0.95 ** k * query.strengths[k]!) / categories.length
      loved.set(category, (loved.get(category) ?? 0) + weight)
      total += Math.abs(weight)
    }
  })
  for (const [category, weight] of loved) loved.set(category, weight / total)
  return loved
}

/** The user's strongest categories, at most three: the reason of picks by taste. */
export function strongestCategories(query: Query, side: ItemSide): string[] {
  return [...categoriesOf(query, side)]
    .filter(([, weight]) => weight > 0)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([category]) => category)
}
