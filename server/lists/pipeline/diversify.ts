import type { Item } from '../../../schema/graphql/item.ts'

interface Scored {
  readonly item: Item
  readonly score: number
}

/**
 * Maximal marginal relevance over categories: at every place the item with the best
 * `(1 - diversity) · relevance - diversity · likeness to the nearest one already chosen`.
 * Relevance falls from 1 to 0 with the place in the list, so it does not depend on how scores are scaled.
 */
export function diversify<T extends Scored>(list: readonly T[], count: number, diversity: number): T[] {
  const left = list.map((entry, place) => ({
    entry,
    categories: new Set(entry.item.categories),
    relevance: 1 - place / list.length,
    likeness: 0,
  }))
  const chosen: T[] = []
  while (chosen.length < count && left.length > 0) {
    let best = 0
    let bestValue = -Infinity
    for (let k = 0; k < left.length; k++) {
      const value = (1 - diversity) * left[k]!.relevance - diversity * left[k]!.likeness
      if (value > bestValue) {
        best = k
        bestValue = value
      }
    }
    const [next] = left.splice(best, 1)
    chosen.push(next!.entry)
    for (const other of left) other.likeness = Math.max(other.likeness, likeness(next!.categories, other.categories))
  }
  return chosen
}

/** Jaccard: the share of categories in common; two items without any are not alike. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  let common = 0
  for (const category of a) if (b.has(category)) common++
  return common / (a.size + b.size - common)
}
