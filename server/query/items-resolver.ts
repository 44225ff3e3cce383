import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import { CatalogArgs } from '../../schema/graphql/arguments.ts'
import { Item, ItemConnection } from '../../schema/graphql/item.ts'
import { Pick } from '../../schema/graphql/recommendations.ts'
import { searchCatalog } from '../catalog/search-page.ts'
import type { RequestContext } from '../context.ts'
import { searchWordsMax, wordsOf } from '../guard/cost-limit.ts'
import { InputCheck } from '../guard/input-check.ts'
import { parseListRequest } from '../lists/list-request.ts'
import type { RankRequest } from '../ranking/ranking-service.ts'
import { serve } from './lists-resolver.ts'

const idsMax = 1_000
const searchMax = 256

const firstOf = () =>
  Arg('first', () => Int, { nullable: true, defaultValue: 10, description: 'Maximum number of items, 1..100.' })

@Resolver(() => Item)
export class ItemsResolver {
  @Query(() => Item, { nullable: true, description: 'An item; null where the catalog does not have it.' })
  item(
    @Arg('id', () => ID, { description: 'Id of the item.' }) id: string,
    @Ctx() { services }: RequestContext,
  ): Item | null {
    const check = new InputCheck()
    check.id(id, 'id')
    check.throwIfAny()
    return services.catalog.get(id) ?? null
  }

  @Query(() => [Item], { nullable: 'items', description: 'Items in the order of `ids`; null for each unknown id.' })
  items(
    @Arg('ids', () => [ID], { description: 'Ids of items, 0..1000 of them.' }) ids: string[],
    @Ctx() { services }: RequestContext,
  ): (Item | null)[] {
    const check = new InputCheck()
    check.ids(ids, 'ids', 0, idsMax)
    check.throwIfAny()
    return ids.map((id) => services.catalog.get(id) ?? null)
  }

  @Query(() => ItemConnection, {
    description: 'Items of the catalog, newest first; with `search` the best match first.',
  })
  async catalog(
    @Args(() => CatalogArgs) args: CatalogArgs,
    @Ctx() { services, client }: RequestContext,
  ): Promise<ItemConnection> {
    const search = args.search?.trim() || null
    const request = parseListRequest(args, undefined, (check) => {
      check.require(search === null || search.length <= searchMax, 'search', `at most ${searchMax} characters`, search)
      const words = search === null ? 0 : wordsOf(search)
      check.require(words <= searchWordsMax, 'search', `at most ${searchWordsMax} words`, words)
    })
    if (search !== null) await services.catalog.openSearch()
    const page = { ...request, search, after: args.after ?? null, includeUnavailable: args.includeUnavailable ?? false }
    return services.queues.searches.run(client, () => searchCatalog(services.catalog, page))
  }

  @FieldResolver(() => [Pick], { description: 'Items like this one.' })
  similar(@Root() item: Item, @firstOf() first: number | null, @Ctx() context: RequestContext): Promise<Pick[]> {
    const { loaders } = context
    const listRequest = parseListRequest({ first }, 10)
    const rank = (request: RankRequest) => loaders.similar.load({ ...request, itemId: item.id })
    return serve(listRequest, null, context, { rank, about: [item.id] })
  }

  @FieldResolver(() => [Pick], { description: 'Items that are bought together with this one.' })
  boughtTogether(@Root() item: Item, @firstOf() first: number | null, @Ctx() context: RequestContext): Promise<Pick[]> {
    const { loaders } = context
    const listRequest = parseListRequest({ first }, 10)
    const rank = (request: RankRequest) => loaders.together.load({ ...request, itemIds: [item.id] })
    return serve(listRequest, null, context, { rank, about: [item.id] })
  }
}
