import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { RankArgs } from '../../schema/graphql/home.ts'
import type { Item } from '../../schema/graphql/item.ts'
import { Pick } from '../../schema/graphql/recommendations.ts'
import type { RankedItem } from '../../schema/records/ranked-list.ts'
import { tables } from '../../schema/tables.ts'
import type { RequestContext } from '../context.ts'
import { parseListRequest } from '../lists/list-request.ts'
import type { Candidate, ListContext } from '../lists/pipeline/list-context.ts'
import { arrange } from '../lists/pipeline/pipeline.ts'
import { present } from '../lists/pipeline/present.ts'
import { contextFor } from '../lists/recommend.ts'

const idsMax = 1_000

@Resolver()
export class RankResolver {
  @Query(() => [Pick], {
    description:
      'The given items in the order in which this user would want them; unknown and unavailable ids are left out. 1..1000 ids.',
  })
  async rank(
    @Args(() => RankArgs) { userId, itemIds, placement }: RankArgs,
    @Ctx() context: RequestContext,
  ): Promise<Pick[]> {
    const request = parseListRequest({ placement }, undefined, (check) => {
      check.id(userId, 'userId')
      check.ids(itemIds, 'itemIds', 1, idsMax)
    })
    const { services } = context
    const { catalog, clock, store } = services
    const known = new Set(itemIds.filter((id) => catalog.get(id)?.isListed))
    if (known.size === 0) return []
    const [state] = await store.get(tables.userStates, [{ partition: userId }])
    const now = clock.now()
    const ranked = await context.compute.rank({ itemIds: [...known], state, now })
    // Nothing is pinned that was not given.
    const isEligible = (item: Item) => item.isListed && known.has(item.id)
    const wanted = { ...request, first: known.size, isEligible, allVariants: true }
    const listContext = contextFor(userId, wanted, { rankedAt: now, seed: userId }, services)
    const list = arrange(candidatesOf(ranked, known, listContext), listContext, () => false)
    return present(list, catalog)
  }
}

/** All items that are given, of a group too. What the user rejected, and what the ranking thread has not read yet, is last. */
function candidatesOf(
  ranked: readonly RankedItem[],
  given: ReadonlySet<string>,
  { catalog, isEligible }: ListContext,
): Candidate[] {
  const isRanked = new Set(ranked.map(({ itemId }) => itemId))
  const floor = Math.min(0, ranked.at(-1)?.score ?? 0)
  const others = [...given].filter((id) => !isRanked.has(id))
  const entries = [
    ...ranked,
    ...others.map((itemId) => ({
      itemId,
      score: floor,
      reason: { kind: 'new', publishedAt: null } as const,
      isFill: true,
    })),
  ]
  return entries.flatMap(({ itemId, ...entry }) => {
    const item = catalog.get(itemId)
    return item && isEligible(item) ? { item, ...entry } : []
  })
}
