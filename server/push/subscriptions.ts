import { Args, Resolver, Root, Subscription } from 'type-graphql'
import { RecommendationsUpdatedArgs, TrendingUpdatedArgs } from '../../schema/graphql/arguments.ts'
import { Home, HomeArgs } from '../../schema/graphql/home.ts'
import { PipelineStatus } from '../../schema/graphql/pipeline.ts'
import { Pick, Recommendations } from '../../schema/graphql/recommendations.ts'
import { continuedIn, parseRevision } from '../../schema/revision.ts'
import type { RequestContext } from '../context.ts'
import { parseHomeRequest } from '../lists/home/home-request.ts'
import { parseListRequest } from '../lists/list-request.ts'
import { rankedList } from '../lists/ranked-list.ts'
import type { RankRequest } from '../ranking/ranking-service.ts'
import { type Feed, FeedSource } from './feed.ts'
import { polledFeed } from './polled-feed.ts'

const everySecondMs = 1_000

interface Subscribing<A> {
  readonly args: A
  readonly context: RequestContext
}

@Resolver()
export class Subscriptions {
  @Subscription(() => Recommendations, {
    description:
      'The current list, then every newer revision, never an older one. A slow client gets the newest list, not a backlog. When an item may no longer be shown or the rules change, the same revision is sent again with another id.',
    subscribe: (subscribing) =>
      new FeedSource(watchRecommendations(subscribing as Subscribing<RecommendationsUpdatedArgs>)),
  })
  recommendationsUpdated(
    @Root() list: Recommendations,
    @Args(() => RecommendationsUpdatedArgs) _: RecommendationsUpdatedArgs,
  ): Recommendations {
    return list
  }

  @Subscription(() => [Pick], {
    description: 'The trending items, then again whenever they change; checked once a second.',
    subscribe: (subscribing) => new FeedSource(watchTrending(subscribing as Subscribing<TrendingUpdatedArgs>)),
  })
  trendingUpdated(@Root() picks: Pick[], @Args(() => TrendingUpdatedArgs) _: TrendingUpdatedArgs): Pick[] {
    return picks
  }

  @Subscription(() => Home, {
    description:
      'The current start page, then every newer one. Rows that did not change keep their id, so that clients can leave them in place.',
    subscribe: (subscribing) => new FeedSource(watchHome(subscribing as Subscribing<HomeArgs>)),
  })
  homeUpdated(@Root() home: Home, @Args(() => HomeArgs) _: HomeArgs): Home {
    return home
  }

  @Subscription(() => PipelineStatus, {
    description: 'Operators: state of the pipeline, once a second.',
    subscribe: (subscribing) => new FeedSource(watchPipeline(subscribing as Subscribing<unknown>)),
  })
  pipelineUpdated(@Root() status: PipelineStatus): PipelineStatus {
    return status
  }
}

function watchRecommendations({ args, context }: Subscribing<RecommendationsUpdatedArgs>): Feed<Recommendations> {
  const { userId, sinceRevision } = args
  const request = parseListRequest(args, undefined, (check) => {
    check.id(userId, 'userId')
    const known = sinceRevision == null || parseRevision(sinceRevision) !== undefined
    check.require(known, 'sinceRevision', 'a revision as lists carry it', sinceRevision)
  })
  const key = JSON.stringify([
    'recommendations',
    userId,
    request.first,
    request.filter,
    [...request.exclude],
    request.diversity,
    request.placement,
  ])
  const userRequest = { ...request, includeSeen: false }
  const { feeds, timeline } = context.services
  return feeds.feed(userId, userRequest, key, continuedIn(timeline, sinceRevision))
}

function watchTrending({ args, context }: Subscribing<TrendingUpdatedArgs>): Feed<Pick[]> {
  const { compute: ranking } = context
  const { services } = context
  const request = parseListRequest(args)
  const window = args.window ?? 'HOUR'
  const key = JSON.stringify(['trending', window, request.first, request.filter, request.placement])
  const rank = (asked: RankRequest) => ranking.trending(window, asked)
  const onChange = (look: () => void) => services.rulesInForce.onChange(look)
  return polledFeed({
    key,
    everyMs: everySecondMs,
    read: () => rankedList(request, { rank }, services),
    same: sameItems,
    logger: services.logger,
    onChange,
  })
}

function watchHome({ args, context }: Subscribing<HomeArgs>): Feed<Home> {
  const request = parseHomeRequest(args)
  const { rows, first, filter, placement } = request
  const key = JSON.stringify(['home', args.userId, rows, first, filter, placement])
  return context.services.homeFeeds.feed(args.userId, request, key)
}

const sameItems = (a: readonly Pick[], b: readonly Pick[]) =>
  a.length === b.length && a.every(({ item }, n) => item === b[n]!.item)

function watchPipeline({ context }: Subscribing<unknown>): Feed<PipelineStatus> {
  const { pipeline, logger } = context.services
  const read = () => pipeline.status()
  return polledFeed({ key: 'pipeline', everyMs: everySecondMs, read, same: () => false, logger })
}
