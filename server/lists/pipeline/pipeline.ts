import { diversify } from './diversify.ts'
import { explore } from './explore.ts'
import { limitShares, shownItems } from './limit-shares.ts'
import type { Candidate, ListContext } from './list-context.ts'
import { placePins } from './place-pins.ts'
import { weigh } from './weigh.ts'

/**
 * Makes a list out of eligible candidates. Every kind of list goes through these steps, in this order:
 *
 * candidates (ListBuilder: stored list, trends, newest) → eligibility (ListContext.isEligible) → explore → weigh
 * (objective, boosts, freshness, fatigue) → diversify → limitShares → placePins → present
 *
 * Each step is a pure function of the list and the context, and returns the list given where the rules ask nothing of it.
 *
 * @param candidates eligible, best first
 * @param isExcluded what must not be pinned, for example what the visitor has bought
 * @returns at most `first` items
 */
export function arrange(
  candidates: readonly Candidate[],
  context: ListContext,
  isExcluded: (itemId: string) => boolean,
): readonly Candidate[] {
  const { first, diversity } = context.request
  let list = candidates
  if (!context.applied.isPlain) list = weigh(explore(list, context), context)
  if (diversity > 0) list = vary(list, context)
  if (!context.applied.isPlain) list = placePins(limitShares(list, context), context, isExcluded)
  return list.length > first ? list.slice(0, first) : list
}

/** Varies what is ranked; what fills places that are left over stays behind it. */
function vary(list: readonly Candidate[], { request: { first, diversity }, rules }: ListContext): readonly Candidate[] {
  // The share of a category replaces items that are shown by others.
  const wanted = rules.maxCategoryShare === undefined ? first : first + 2 * shownItems
  const ranked = list.filter(({ isFill }) => !isFill)
  const fills = list.filter(({ isFill }) => isFill)
  return [...diversify(ranked, wanted, diversity), ...fills]
}

/** Eligible candidates that a list is arranged of, where it is not the ranking itself. */
export const candidatesMax = 500

/** Whether the first candidates are the list, in their order. */
export const isRankingItself = ({ applied, request }: ListContext): boolean =>
  applied.isPlain && request.diversity === 0
