import type { Candidate, ListContext } from './list-context.ts'

/** Items at the head of a list, as visitors see it, over which shares of categories are counted. */
export const shownItems = 20

/** Moves items beyond the share of their category behind the head of the list; keeps the order otherwise. */
export function limitShares(list: readonly Candidate[], { rules, request }: ListContext): readonly Candidate[] {
  if (rules.maxCategoryShare === undefined) return list
  const shownCount = Math.min(shownItems, request.first)
  const countMax = Math.max(1, Math.floor(rules.maxCategoryShare * shownCount))
  const counts = new Map<string, number>()
  const shown: Candidate[] = []
  const later: Candidate[] = []
  for (const candidate of list) {
    const { categories } = candidate.item
    const full = categories.some((category) => (counts.get(category) ?? 0) >= countMax)
    if (full || shown.length >= shownCount) {
      later.push(candidate)
      continue
    }
    for (const category of categories) counts.set(category, (counts.get(category) ?? 0) + 1)
    shown.push(candidate)
  }
  return [...shown, ...later]
}
