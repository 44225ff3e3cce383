import type { Clock } from '../../platform/ports/clock.ts'
import type { Pick } from '../../schema/graphql/recommendations.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { RankRequest } from '../ranking/ranking-service.ts'
import { ListBuilder } from './list-builder.ts'
import type { ParsedListRequest } from './list-request.ts'
import { createListContext } from './pipeline/list-context.ts'
import type { RulesInForce } from './pipeline/rules-in-force.ts'

/** The candidates of a list that is ranked on request. */
export interface RankedSource {
  readonly rank: (request: RankRequest) => Promise<readonly RankedItem[]>
  /** Items that the list is about: conditions of rules test them, and they are never in the list. */
  readonly about?: readonly string[]
  /** Further items that are never in the list. */
  readonly without?: readonly string[]
}

interface Deps {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly rulesInForce: RulesInForce
}

/** Candidates requested beyond `first`, in place of items whose removal the ranking has not read yet. */
const spareItems = 10
/** Minimum candidates requested where rules may change which items come first. */
const arrangedCandidates = 120

/** A list for no user in particular, arranged by the rules of its placement. It takes part in no experiment. */
export async function rankedList(
  request: ParsedListRequest,
  { rank, about = [], without = [] }: RankedSource,
  { catalog, clock, rulesInForce }: Deps,
): Promise<Pick[]> {
  const applied = rulesInForce.rulesFor(request.placement, null)
  const exclude = [...request.exclude, ...about, ...without]
  const limit = Math.max(request.first + spareItems, applied.isPlain ? 0 : arrangedCandidates)
  const ranked = await rank({ limit, exclude, filter: request.filter })
  const now = clock.now()
  const seed = JSON.stringify([about, without])
  const subject = { applied, about, now, rankedAt: now, seed }
  const context = createListContext(catalog, { ...request, exclude: new Set(exclude) }, subject)
  return new ListBuilder(context).addRanked(ranked).fillWithNewest().toPicks()
}
