import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { SessionArgs, SimilarArgs, TogetherArgs, TrendingArgs } from '../../schema/graphql/arguments.ts'
import { Pick, Recommendations } from '../../schema/graphql/recommendations.ts'
import { formatRevision, revisionOf } from '../../schema/revision.ts'
import type { RequestContext } from '../context.ts'
import { excluding } from '../lists/list-builder.ts'
import { type ParsedListRequest, parseListRequest } from '../lists/list-request.ts'
import { type RankedSource, rankedList } from '../lists/ranked-list.ts'
import type { RankRequest } from '../ranking/ranking-service.ts'
import { canonicalArguments } from './canonical-arguments.ts'

const trailMax = 200
const basketMax = 100

@Resolver()
export class ListsResolver {
  @Query(() => Recommendations, {
    description: "A list for the events in the request, such as a guest's clicks or a basket. Nothing is stored.",
  })
  async sessionRecommendations(
    @Args(() => SessionArgs) { events, page, ...args }: SessionArgs,
    @Ctx() context: RequestContext,
  ): Promise<Recommendations> {
    const { compute: ranking } = context
    const { clock, ids } = context.services
    const listRequest = parseListRequest(args, undefined, (check) => {
      check.require(events.length >= 1 && events.length <= trailMax, 'events', `1..${trailMax} events`, events.length)
      for (const [n, event] of events.slice(0, trailMax).entries()) check.id(event.itemId, `events[${n}].itemId`)
    })
    const now = clock.now()
    const trail = events.map(({ itemId, type }) => ({ itemId, type: type ?? 'VIEW' }))
    const rank = (request: RankRequest) => ranking.session({ ...request, trail, now })
    const itemIds = trail.map(({ itemId }) => itemId)
    const picks = await serve(listRequest, page, context, { rank, without: itemIds, about: itemIds.slice(-1) })
    const fields = {
      userId: null,
      revision: formatRevision(revisionOf(now)),
      computedAt: now,
      modelVersion: ranking.modelVersion,
      causedByEventId: null,
      personalized: picks.some(({ reason }) => 'item' in reason || 'categories' in reason),
      variant: null,
      placement: listRequest.placement,
      picks,
    }
    const idOf = () => {
      const { placement } = listRequest
      const list = { userId: null, variant: null, placement, itemIds: picks.map(({ item }) => item.id) }
      // Without the revision, which is the time, so that equal events and lists have the same id.
      return ids.issue({ ...list, revision: 0n, arguments: canonicalArguments(listRequest, trail) }).id
    }
    return new Recommendations(fields, idOf)
  }

  @Query(() => [Pick], { description: 'Items like this one.' })
  async similarItems(
    @Args(() => SimilarArgs) { itemId, page, ...args }: SimilarArgs,
    @Ctx() context: RequestContext,
  ): Promise<Pick[]> {
    const listRequest = parseListRequest(args, undefined, (check) => check.id(itemId, 'itemId'))
    const rank = (request: RankRequest) => context.loaders.similar.load({ ...request, itemId })
    return serve(listRequest, page, context, { rank, about: [itemId] })
  }

  @Query(() => [Pick], { description: 'Items that are bought together with the given ones.' })
  async boughtTogether(
    @Args(() => TogetherArgs) { itemIds, page, ...args }: TogetherArgs,
    @Ctx() context: RequestContext,
  ): Promise<Pick[]> {
    const listRequest = parseListRequest(args, undefined, (check) => check.ids(itemIds, 'itemIds', 1, basketMax))
    const rank = (request: RankRequest) => context.loaders.together.load({ ...request, itemIds })
    return serve(listRequest, page, context, { rank, about: itemIds })
  }

  @Query(() => [Pick], { description: 'Items with the most interactions in the window, recent ones weighted more.' })
  async trending(
    @Args(() => TrendingArgs) { window, page, ...args }: TrendingArgs,
    @Ctx() context: RequestContext,
  ): Promise<Pick[]> {
    const { compute: ranking } = context
    const rank = (request: RankRequest) => ranking.trending(window ?? 'DAY', request)
    return serve(parseListRequest(args), page, context, { rank })
  }
}

/**
 * A list ranked on request: the candidates of the ranking, checked against this server's catalog, filled up with
 * the newest items of the catalog, and arranged by the rules.
 * @param page lists of one request with the same page have no item in common; null: none
 */
export function serve(
  request: ParsedListRequest,
  page: string | null | undefined,
  { services, pages }: RequestContext,
  source: RankedSource,
): Promise<Pick[]> {
  const build = (taken: ReadonlySet<string>) => rankedList(excluding(request, taken), source, services)
  if (page == null) return build(new Set())
  return pages.add(page, (picks) => picks.map(({ item }) => item.id), build)
}
