import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Clock } from '../platform/ports/clock.ts'
import type { EventLog } from '../platform/ports/event-log.ts'
import type { Store } from '../platform/ports/store.ts'
import type { FollowedRules } from '../platform/read-models/rules.ts'
import type { Tracing } from '../platform/tracing.ts'
import type { RecommendationIds } from '../schema/recommendation-id.ts'
import type { RecordAuthenticator } from '../schema/records/record-authenticator.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { CheckedDocument } from './graphql/documents.ts'
import type { Client } from './guard/fair-queue.ts'
import type { Identity } from './guard/identity.ts'
import { clientOf, type WorkQueues } from './guard/work-queues.ts'
import type { Pacer } from './ingest/pacer.ts'
import type { AnsweredLists } from './lists/answered-lists.ts'
import type { CurrentLists } from './lists/current-lists.ts'
import type { IssuedLists } from './lists/issued-lists.ts'
import type { ListCache } from './lists/list-cache.ts'
import type { ListTail } from './lists/list-tail.ts'
import { createLoaders, type Loaders } from './lists/loaders.ts'
import { PageLists } from './lists/page-lists.ts'
import type { RulesInForce } from './lists/pipeline/rules-in-force.ts'
import type { StaleListRefresher } from './lists/stale-list-refresher.ts'
import type { DemoView } from './operations/demo.ts'
import type { EventTraces } from './operations/event-traces.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { HomeFeeds } from './push/home-feeds.ts'
import type { RecommendationsFeeds } from './push/recommendations-feed.ts'
import type { WatchedAnnouncer } from './push/watched-announcer.ts'
import { fairCompute } from './ranking/fair-compute.ts'
import type { RankingService } from './ranking/ranking-service.ts'
import type { Trends } from './ranking/trends.ts'

/** Services that live as long as the server. */
export interface Services {
  readonly log: EventLog
  readonly store: Store
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  readonly catalog: Catalog
  readonly listCache: ListCache
  readonly listTail: ListTail
  readonly currentLists: CurrentLists
  readonly ranking: RankingService
  readonly trends: Trends
  readonly feeds: RecommendationsFeeds
  readonly homeFeeds: HomeFeeds
  readonly pipeline: Pipeline
  readonly tracing: Tracing
  readonly refresher: StaleListRefresher
  readonly rules: FollowedRules
  readonly rulesInForce: RulesInForce
  readonly traces: EventTraces
  readonly demo: DemoView
  readonly ids: RecommendationIds
  readonly answered: AnsweredLists
  readonly authenticator: RecordAuthenticator
  readonly issued: IssuedLists
  readonly queues: WorkQueues
  readonly pacer: Pacer
  readonly watched: WatchedAnnouncer
  /** Which revisions and tokens can be compared with the log: platform/timeline.ts. */
  readonly timeline: number
}

/** The context of one request or one push. */
export class RequestContext {
  /** The document of the request, once it is parsed and validated. */
  checked: CheckedDocument | undefined
  // No #private: Apollo copies the context property by property.
  private createdLoaders: Loaders | undefined
  private createdPages: PageLists | undefined

  constructor(
    readonly services: Services,
    readonly identity: Identity,
    /** W3C traceparent of the request, if it has one. */
    readonly trace?: string,
  ) {}

  get pages(): PageLists {
    this.createdPages ??= new PageLists()
    return this.createdPages
  }

  /** The client for which work is queued. */
  get client(): Client {
    return clientOf(this.identity)
  }

  /** The ranking, limited to what this client may use. */
  get compute(): RankingService {
    return fairCompute(this.services.ranking, this.services.queues.rankings, this.client)
  }

  get loaders(): Loaders {
    this.createdLoaders ??= createLoaders({ ...this.services, ranking: this.compute })
    return this.createdLoaders
  }
}
