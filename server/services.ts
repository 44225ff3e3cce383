import type { Config } from '../platform/config.ts'
import { LiveBacklog } from '../platform/live-backlog.ts'
import type { Logger } from '../platform/logger.ts'
import type { Clock } from '../platform/ports/clock.ts'
import type { EventLog, Following } from '../platform/ports/event-log.ts'
import type { Store } from '../platform/ports/store.ts'
import { followRules, watchRulesFile } from '../platform/read-models/rules.ts'
import { recommendationIdKey } from '../platform/recommendation-id-key.ts'
import { readTimeline } from '../platform/timeline.ts'
import { createTracing } from '../platform/tracing.ts'
import { RecommendationIds } from '../schema/recommendation-id.ts'
import { RecordAuthenticator } from '../schema/records/record-authenticator.ts'
import { tables } from '../schema/tables.ts'
import { Catalog } from './catalog/catalog.ts'
import type { Services } from './context.ts'
import { createWorkQueues } from './guard/work-queues.ts'
import { Readiness } from './health.ts'
import { Pacer } from './ingest/pacer.ts'
import { AnsweredLists } from './lists/answered-lists.ts'
import { CurrentLists } from './lists/current-lists.ts'
import { IssuedLists } from './lists/issued-lists.ts'
import { ListCache } from './lists/list-cache.ts'
import { createUncachedListLoader } from './lists/list-reader.ts'
import { ListTail } from './lists/list-tail.ts'
import { OwnPartitions } from './lists/own-partitions.ts'
import { RulesInForce } from './lists/pipeline/rules-in-force.ts'
import { StaleListRefresher } from './lists/stale-list-refresher.ts'
import { UnstoredLists } from './lists/unstored-lists.ts'
import { DemoView } from './operations/demo.ts'
import { EventTraces } from './operations/event-traces.ts'
import { Lags } from './pipeline/lags.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import { HomeFeeds } from './push/home-feeds.ts'
import { RecommendationsFeeds } from './push/recommendations-feed.ts'
import { WatchedAnnouncer } from './push/watched-announcer.ts'
import type { RankingService } from './ranking/ranking-service.ts'
import { Trends } from './ranking/trends.ts'

export interface Parts {
  readonly log: EventLog
  readonly store: Store
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  /** Rejects if the platform accepts no writes. Default: each write reports it. */
  readonly checkWritable?: () => Promise<void>
  /** Ranks on request, in another thread. */
  readonly ranking: RankingService
}

export interface StartedServices {
  readonly services: Services
  readonly readiness: Readiness
  stop(): Promise<void>
}

/** How often the best sellers of groups are read. */
const variantsMs = 30_000

/**
 * Starts the parts that the server holds in memory: the catalog, the newest lists, the state of the pipeline, the
 * ranking.
 */
export async function startServices(parts: Parts, subscribers: () => number): Promise<StartedServices> {
  const { log, store, config, logger, clock, ranking } = parts
  const readiness = new Readiness()
  const { catalog, trends, stopRankingVariants } = createCatalog(parts)
  const { unstored, ownPartitions, loaders, ...lists } = createLists(parts)
  const backlog = new LiveBacklog({ log, clock })
  const identities = await createIdentities(parts)
  const watched = new WatchedAnnouncer({ log, clock, logger })
  const { rules, rulesInForce, stopRules } = await startRules(parts)
  const watching = { ...lists, ...identities, catalog, store, trends, clock, loaders, logger, watched, rulesInForce }
  const timeline = await readTimeline(store, config.EPOCH)
  const feeds = new RecommendationsFeeds({ ...watching, ranking, timeline })
  const homeFeeds = new HomeFeeds(watching)
  const rulesVersion = () => rules.current().version
  const lags = new Lags({ log, clock, logger })
  const pipeline = new Pipeline({ clock, lags, logger, subscribers, items: () => catalog.items.size, rulesVersion })
  const { TRACES_PER_SECOND: perSecondMax, OTLP_URL: otlpUrl } = config
  const tracing = await createTracing({ service: 'server', log, clock, perSecondMax, otlpUrl })
  const services: Services = {
    log,
    store,
    config,
    logger,
    clock,
    catalog,
    ...lists,
    ranking,
    trends,
    feeds,
    homeFeeds,
    pipeline,
    tracing,
    rules,
    rulesInForce,
    traces: new EventTraces(),
    demo: new DemoView(),
    ...identities,
    queues: createWorkQueues(),
    pacer: new Pacer(backlog),
    watched,
    timeline,
  }
  const followings = [
    ...(await followTopics(services, readiness)),
    await followLists({ ...lists, ownPartitions, log }, readiness),
  ]
  const measuring = lags.keepMeasuring()
  readiness.watch('store', () => store.get(tables.listsByUser, [{ partition: 'health' }]))
  readiness.watch('log', () => lags.isMeasured())
  readiness.watch('ranking', () => ranking.isReady)
  if (parts.checkWritable) readiness.watch('disk', parts.checkWritable, 'always')

  return {
    services,
    readiness,
    async stop() {
      stopRankingVariants()
      catalog.close()
      feeds.close()
      rulesInForce.close()
      homeFeeds.close()
      backlog.stop()
      watched.close()
      unstored.stop()
      await stopRules()
      await Promise.all(followings.map((following) => following.stop()))
      await measuring.stop()
      await tracing.stop()
    },
  }
}

/** The catalog, with the best-selling variant of each group by what is trending. */
function createCatalog({ ranking, clock, logger }: Parts) {
  const catalog = new Catalog(logger, clock)
  const trends = new Trends(ranking, clock, logger, (ids) => catalog.rankVariants(ids))
  const rankingVariants = setInterval(() => {
    if (catalog.hasGroups) void trends.board('WEEK')
  }, variantsMs)
  rankingVariants.unref()
  return { catalog, trends, stopRankingVariants: () => clearInterval(rankingVariants) }
}

/** The newest list of each user: in memory, in the topic, in the store. */
function createLists({ log, store, config, logger, clock }: Parts) {
  const listCache = new ListCache(clock, config.CACHE_MB * 2 ** 20)
  const unstored = new UnstoredLists({ log, clock, logger })
  const listTail = new ListTail(listCache, unstored, logger)
  const ofOwn = { log, clock, logger, tail: listTail, cache: listCache, unstored }
  const ownPartitions = config.LIST_PARTITIONS === 'own' ? new OwnPartitions(ofOwn) : undefined
  const currentLists = new CurrentLists({ log, store, clock, listCache, followed: ownPartitions ?? listTail, unstored })
  const refresher = new StaleListRefresher({ log, clock, logger, listTail, staleMinutes: config.STALE_MINUTES })
  const loaders = { lists: createUncachedListLoader(currentLists) }
  return { listCache, listTail, ownPartitions, currentLists, refresher, unstored, loaders }
}

/** Follows topic lists. A server that follows its own partitions only is ready before it has any. */
async function followLists(
  { log, listTail, ownPartitions }: Pick<Services, 'log' | 'listTail'> & { ownPartitions: OwnPartitions | undefined },
  readiness: Readiness,
): Promise<Pick<Following, 'stop'>> {
  if (ownPartitions !== undefined) {
    await ownPartitions.start()
    return ownPartitions
  }
  const following = await listTail.follow(log)
  readiness.expect('picks', following.caughtUp)
  return following
}

/**
 * The services that issue and verify recommendation ids and authenticate records, with the key that all processes
 * share.
 */
async function createIdentities({ config, store }: Parts) {
  const issued = new IssuedLists()
  const key = await recommendationIdKey(config, store)
  const ids = new RecommendationIds(key, (id, itemIds) => issued.put(id, itemIds))
  return { ids, issued, answered: new AnsweredLists(ids), authenticator: new RecordAuthenticator(key) }
}

/** The rules of topic rules. The rules file, if there is one, is published to the topic. */
async function startRules({ log, config, logger, clock }: Parts) {
  let onRules = () => {} // the rules that exist at the start are read before anything applies them
  const rules = await followRules(log, () => onRules())
  const rulesInForce = new RulesInForce(() => rules.current().document, { clock, logger })
  onRules = () => rulesInForce.changed()
  onRules() // sets the timer of dated rules
  const onError = (error: unknown) =>
    logger.error({ err: error }, 'the rules file is not valid; the rules in force stay')
  const file = config.RULES_FILE === undefined ? undefined : await watchRulesFile(log, config.RULES_FILE, onError)
  const stopRules = async () => {
    await file?.stop()
    await rules.stop()
  }
  return { rules, rulesInForce, stopRules }
}

/** Feeds the services from their topics. The server is ready once those that it answers from have caught up. */
async function followTopics(services: Services, readiness: Readiness): Promise<readonly Pick<Following, 'stop'>[]> {
  const { log, catalog, pipeline, traces, demo } = services
  const ofOperations = [await traces.follow(log), await demo.follow(log)]
  const ofCatalog = await catalog.follow(log)
  const ofPipeline = await pipeline.follow(log)
  readiness.expect('catalog', ofCatalog.caughtUp)
  for (const { caughtUp } of ofPipeline) readiness.expect('pipeline', caughtUp)
  return [ofCatalog, ...ofPipeline, ...ofOperations]
}
