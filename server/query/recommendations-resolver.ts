import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { decodeToken } from '../../schema/causal-token.ts'
import { RecommendationsArgs } from '../../schema/graphql/arguments.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { RequestContext } from '../context.ts'
import { notFresh, waitForPicks } from './freshness.ts'
import { without } from './list-builder.ts'
import type { PicksEntry } from './picks-cache.ts'
import { readPicks } from './picks-reader.ts'
import { toPlain } from './plain.ts'
import { recommend, type UserWish } from './recommend.ts'
import { checkWish } from './wishes.ts'

const timeoutMsMax = 30_000
const timeoutMsDefault = 2_000

@Resolver()
export class RecommendationsResolver {
  @Query(() => Recommendations, {
    description:
      'Precomputed picks for one user. Never empty while the catalogue has an eligible item: an unknown user gets trending picks.',
  })
  recommendations(
    @Args(() => RecommendationsArgs) args: RecommendationsArgs,
    @Ctx() context: RequestContext,
  ): Recommendations | Promise<Recommendations> {
    const { userId, after, page } = args
    const timeoutMs = args.timeoutMs ?? timeoutMsDefault
    const wish = checkWish(args, undefined, (check) => {
      check.id(userId, 'userId')
      check.that(timeoutMs >= 0 && timeoutMs <= timeoutMsMax, 'timeoutMs', `0..${timeoutMsMax}`, timeoutMs)
    })
    const userWish = { ...wish, includeSeen: args.includeSeen ?? false }
    if (after != null) return afterToken(userId, after, timeoutMs, userWish, page, context)
    const { cache, returning } = context.services
    const known = readPicks(userId, cache, context)
    const refreshed = (entry: PicksEntry) => (returning.isStale(entry) ? returning.refreshed(userId, entry) : entry)
    const entry = known instanceof Promise ? known.then(refreshed) : refreshed(known)
    return list(userId, entry, userWish, page, context)
  }
}

async function afterToken(
  userId: string,
  after: string,
  timeoutMs: number,
  wish: UserWish,
  page: string | null | undefined,
  context: RequestContext,
): Promise<Recommendations> {
  const { returning, queues } = context.services
  const token = decodeToken(after)
  const { entry: seen, fresh } = await queues.waits.run(context.client, () =>
    waitForPicks(userId, token, timeoutMs, context.services),
  )
  const entry = fresh && returning.isStale(seen) ? await returning.refreshed(userId, seen) : seen
  const recommendations = await list(userId, entry, wish, page, context)
  if (!fresh) throw notFresh(timeoutMs, toPlain(recommendations))
  return recommendations
}

function list(
  userId: string,
  entry: PicksEntry | Promise<PicksEntry>,
  wish: UserWish,
  page: string | null | undefined,
  { services, pages }: RequestContext,
): Recommendations | Promise<Recommendations> {
  if (page != null) {
    return pages.add(page, itemIdsOf, async (taken) => recommend(userId, await entry, without(wish, taken), services))
  }
  if (entry instanceof Promise) return entry.then((known) => recommend(userId, known, wish, services))
  return recommend(userId, entry, wish, services)
}

const itemIdsOf = ({ picks }: Recommendations) => picks.map(({ item }) => item.id)
