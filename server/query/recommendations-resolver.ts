import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { decodeToken } from '../../schema/causal-token.ts'
import { RecommendationsArgs } from '../../schema/graphql/arguments.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { RequestContext } from '../context.ts'
import { isOfOtherTimeline, notFreshError, otherTimelineError, waitForList } from '../lists/freshness.ts'
import { excluding } from '../lists/list-builder.ts'
import type { ListEntry } from '../lists/list-cache.ts'
import { readList } from '../lists/list-reader.ts'
import { parseListRequest } from '../lists/list-request.ts'
import { toPlain } from '../lists/plain.ts'
import { recommend, type UserListRequest } from '../lists/recommend.ts'

const timeoutMsMax = 30_000
const timeoutMsDefault = 2_000

@Resolver()
export class RecommendationsResolver {
  @Query(() => Recommendations, {
    description:
      'The precomputed list of one user. Never empty while the catalog has an eligible item: an unknown user gets trending items.',
  })
  recommendations(
    @Args(() => RecommendationsArgs) args: RecommendationsArgs,
    @Ctx() context: RequestContext,
  ): Recommendations | Promise<Recommendations> {
    const { userId, after, page } = args
    const timeoutMs = args.timeoutMs ?? timeoutMsDefault
    const request = parseListRequest(args, undefined, (check) => {
      check.id(userId, 'userId')
      check.require(timeoutMs >= 0 && timeoutMs <= timeoutMsMax, 'timeoutMs', `0..${timeoutMsMax}`, timeoutMs)
    })
    const userRequest = { ...request, includeSeen: args.includeSeen ?? false }
    context.services.watched.note(userId)
    if (after != null) return afterToken(userId, after, timeoutMs, userRequest, page, context)
    const { listCache, refresher } = context.services
    const known = readList(userId, listCache, context)
    const refreshed = (entry: ListEntry) => refresher.refresh(userId, entry)
    const entry = known instanceof Promise ? known.then(refreshed) : refreshed(known)
    return list(userId, entry, userRequest, page, context)
  }
}

async function afterToken(
  userId: string,
  after: string,
  timeoutMs: number,
  request: UserListRequest,
  page: string | null | undefined,
  context: RequestContext,
): Promise<Recommendations> {
  const { refresher, queues, listCache, timeline } = context.services
  const token = decodeToken(after)
  if (isOfOtherTimeline(userId, token, timeline)) {
    const current = await list(userId, await readList(userId, listCache, context), request, page, context)
    throw otherTimelineError(toPlain(current))
  }
  const { entry: seen, fresh } = await queues.waits.run(context.client, () =>
    waitForList(userId, token, timeoutMs, context.services),
  )
  const entry = fresh ? await refresher.refresh(userId, seen) : seen
  const recommendations = await list(userId, entry, request, page, context)
  if (!fresh) throw notFreshError(timeoutMs, toPlain(recommendations))
  return recommendations
}

function list(
  userId: string,
  entry: ListEntry | Promise<ListEntry>,
  request: UserListRequest,
  page: string | null | undefined,
  { services, pages }: RequestContext,
): Recommendations | Promise<Recommendations> {
  if (page != null) {
    return pages.add(page, itemIdsOf, async (taken) =>
      recommend(userId, await entry, excluding(request, taken), services),
    )
  }
  if (entry instanceof Promise) return entry.then((known) => recommend(userId, known, request, services))
  return recommend(userId, entry, request, services)
}

const itemIdsOf = ({ picks }: Recommendations) => picks.map(({ item }) => item.id)
