import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Clock } from '../platform/ports/clock.ts'
import type { EventLog } from '../platform/ports/event-log.ts'
import type { Store } from '../platform/ports/store.ts'
import { recommendationIdKey } from '../platform/recommendation-id-key.ts'
import { followRules, keepRulesFile } from '../platform/rules.ts'
import { createTracing } from '../platform/tracing.ts'
import { RecommendationIds } from '../schema/recommendation-id.ts'
import { Catalogue } from './catalog/catalogue.ts'
import type { Compute } from './compute/compute.ts'
import { startRankingThread } from './compute/ranking-handle.ts'
import { Trends } from './compute/trends.ts'
import type { Services } from './context.ts'
import { Readiness } from './health.ts'
import { createWorkQueues } from './limits/work-queues.ts'
import { DemoView } from './operate/demo.ts'
import { EventTraces } from './operate/event-traces.ts'
import { Lags } from './pipeline/lags.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import { PicksTail } from './push/picks-tail.ts'
import { RecommendationsFeeds } from './push/recommendations-feed.ts'
import { PicksCache } from './query/picks-cache.ts'
import { createPushLoader } from './query/picks-reader.ts'
import { Returning } from './query/returning.ts'

export interface Parts {
  readonly log: EventLog
  readonly store: Store
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  /** Ranks on request. Left out: a thread of its own. */
  readonly compute?: Compute
}

export interface StartedServices {
  readonly services: Services
  readonly readiness: Readiness
  stop(): Promise<void>
}

/** Starts what the server holds in memory: the catalogue, the newest lists, the state of the pipeline, the ranking. */
export async function startServices(parts: Parts, subscribers: () => number): Promise<StartedServices> {
  const { log, store, config, logger, clock } = parts
  const readiness = new Readiness()
  const compute = parts.compute ?? (await startRankingThread(config, logger))
  const catalogue = new Catalogue(logger)
  const cache = new PicksCache(clock, config.CACHE_MB * 2 ** 20)
  const tail = new PicksTail(cache, logger)
  const trends = new Trends(compute, clock, logger)
  const returning = new Returning({ log, clock, logger, tail, staleMinutes: config.STALE_MINUTES })
  const loaders = { picks: createPushLoader(store, cache) }
  const ids = new RecommendationIds(await recommendationIdKey(config, store))
  const feeds = new RecommendationsFeeds({
    ids,
    returning,
    catalogue,
    store,
    trends,
    compute,
    clock,
    tail,
    cache,
    loaders,
    logger,
  })
  const rulesVersion = () => rules.current().version
  const lags = new Lags({ log, clock, logger })
  const pipeline = new Pipeline({ clock, lags, logger, subscribers, items: () => catalogue.items.size, rulesVersion })
  const { TRACES_PER_SECOND: perSecondMax, OTLP_URL: otlpUrl } = config
  const tracing = createTracing({ service: 'server', log, clock, perSecondMax, otlpUrl })

  const traces = new EventTraces()
  const demo = new DemoView()
  const rules = await followRules(log)
  const rulesFile =
    config.RULES_FILE === undefined
      ? undefined
      : await keepRulesFile(log, config.RULES_FILE, (error) =>
          logger.error({ err: error }, 'the rules file is not valid'),
        )
  const ofOperations = [rules, await traces.follow(log), await demo.follow(log)]

  const ofCatalogue = await catalogue.follow(log)
  const ofPicks = await tail.follow(log)
  const ofPipeline = await pipeline.follow(log)
  const measuring = lags.keepMeasuring()
  readiness.expect('catalogue', ofCatalogue.caughtUp)
  readiness.expect('picks', ofPicks.caughtUp)
  for (const { caughtUp } of ofPipeline) readiness.expect('pipeline', caughtUp)
  readiness.expect('ranking', compute.ready)

  return {
    services: {
      log,
      store,
      config,
      logger,
      clock,
      catalogue,
      cache,
      tail,
      compute,
      trends,
      feeds,
      pipeline,
      tracing,
      returning,
      rules,
      traces,
      demo,
      ids,
      queues: createWorkQueues(),
    },
    readiness,
    async stop() {
      feeds.close()
      const followings = [ofCatalogue, ofPicks, ...ofPipeline, ...ofOperations]
      await rulesFile?.stop()
      await Promise.all(followings.map((following) => following.stop()))
      await measuring.stop()
      await compute.close()
      await tracing.stop()
    },
  }
}
