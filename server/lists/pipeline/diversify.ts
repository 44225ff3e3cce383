import type { Item } from '../../../schema/graphql/item.ts'

interface Scored {
  readonly item: Item
  readonly score: number
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) over categories: chooses at every position the item
 * with the greatest `(1 - diversity) · relevance - diversity · greatest similarity to an item already chosen`.
 * Relevance falls linearly from 1 to 0 along the list, so it does not depend on the scale of the scores.
 */
export function diversify<T extends Scored>(list: readonly T[], count: number, diversity: number): T[] {
  const left = list.map((entry, index) => ({
    entry,
    categories: new Set(entry.item.categories),
    relevance: 1 - index / list.length,
    similarity: 0,
  }))
  const chosen: T[] = []
  while (chosen.length < count && left.length > 0) {
    let best = 0
    let bestValue = -Infinity
    for (let k = 0; k < left.length; k++) {
      const value = (1 - diversity) * left[k]!.relevance - diversity * left[k]!.similarity
      if (value > bestValue) {
        best = k
        bestValue = value
      }
    }
    const [next] = left.splice(best, 1)
    chosen.push(next!.entry)
    for (const other of left) {
      other.similarity = Math.max(other.similarity, similarity(next!.categories, other.categories))
    }
  }
  return chosen
}

/** Jaccard similarity of the categories; 0 where an item has none. */
function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  let common = 0
  for (const category of a) if (b.has(category)) common++
  return common / (a.size + b.size - common)
}
