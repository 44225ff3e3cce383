import { diversify } from './diversify.ts'
import { explore } from './explore.ts'
import { limitShares, shownItems } from './limit-shares.ts'
import type { Candidate, ListContext } from './list-context.ts'
import { placePins } from './place-pins.ts'
import { weigh } from './weigh.ts'

/**
 * Arranges eligible candidates into a list. Every kind of list goes through these steps, in this order:
 *
 * candidates (ListBuilder: stored list, trends, newest) → eligibility (ListContext.isEligible) → explore → weigh
 * (objective, boosts, freshness, fatigue) → diversify → limitShares → placePins → present
 *
 * Each step is a pure function of the list and the context, and returns its input where no rule applies.
 *
 * @param candidates eligible, best first
 * @param isExcluded items that must not be pinned, for example those that the visitor has bought
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
  if (diversity > 0) list = diversifyRanked(list, context)
  if (!context.applied.isPlain) list = placePins(limitShares(list, context), context, isExcluded)
  return list.length > first ? list.slice(0, first) : list
}

/** Diversifies the ranked items; those that fill empty places stay behind them. */
function diversifyRanked(
  list: readonly Candidate[],
  { request: { first, diversity }, rules }: ListContext,
): readonly Candidate[] {
  // limitShares replaces items in the head of the list by later ones.
  const wanted = rules.maxCategoryShare === undefined ? first : first + 2 * shownItems
  const ranked = list.filter(({ isFill }) => !isFill)
  const fills = list.filter(({ isFill }) => isFill)
  return [...diversify(ranked, wanted, diversity), ...fills]
}

/** Maximum eligible candidates of a list that rules or diversity may rearrange. */
export const candidatesMax = 500

/** Whether the list is the first candidates in their order: no rule and no diversity applies. */
export const isRankingItself = ({ applied, request }: ListContext): boolean =>
  applied.isPlain && request.diversity === 0
