import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { Home, HomeArgs } from '../../schema/graphql/home.ts'
import type { RequestContext } from '../context.ts'
import { buildHome } from '../lists/home/build-home.ts'
import { parseHomeRequest } from '../lists/home/home-request.ts'
import { readList } from '../lists/list-reader.ts'

@Resolver()
export class HomeResolver {
  @Query(() => Home, {
    description:
      'Rows for a start page, chosen and ordered for this user. No item is in two rows; a row with fewer than 4 items is left out.',
  })
  async home(@Args(() => HomeArgs) args: HomeArgs, @Ctx() context: RequestContext): Promise<Home> {
    const request = parseHomeRequest(args)
    const { userId } = args
    const { listCache, refresher, watched } = context.services
    watched.note(userId)
    const entry = await readList(userId, listCache, context)
    const fresh = await refresher.refresh(userId, entry)
    return (await buildHome(userId, fresh, request, context.services)).home
  }
}
