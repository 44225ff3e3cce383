import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Clock } from '../platform/ports/clock.ts'
import type { EventLog } from '../platform/ports/event-log.ts'
import type { Store } from '../platform/ports/store.ts'
import type { FollowedRules } from '../platform/rules.ts'
import type { Tracing } from '../platform/tracing.ts'
import type { RecommendationIds } from '../schema/recommendation-id.ts'
import type { Identity } from './access/identity.ts'
import type { Catalogue } from './catalog/catalogue.ts'
import type { Compute } from './compute/compute.ts'
import { fairCompute } from './compute/fair-compute.ts'
import type { Trends } from './compute/trends.ts'
import type { CheckedDocument } from './execute/documents.ts'
import type { Client } from './limits/fair-queue.ts'
import { clientOf, type WorkQueues } from './limits/work-queues.ts'
import type { DemoView } from './operate/demo.ts'
import type { EventTraces } from './operate/event-traces.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { PicksTail } from './push/picks-tail.ts'
import type { RecommendationsFeeds } from './push/recommendations-feed.ts'
import { createLoaders, type Loaders } from './query/loaders.ts'
import { PageLists } from './query/page-lists.ts'
import type { PicksCache } from './query/picks-cache.ts'
import type { Returning } from './query/returning.ts'

/** What lives as long as the server. */
export interface Services {
  readonly log: EventLog
  readonly store: Store
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  readonly catalogue: Catalogue
  readonly cache: PicksCache
  readonly tail: PicksTail
  readonly compute: Compute
  readonly trends: Trends
  readonly feeds: RecommendationsFeeds
  readonly pipeline: Pipeline
  readonly tracing: Tracing
  readonly returning: Returning
  readonly rules: FollowedRules
  readonly traces: EventTraces
  readonly demo: DemoView
  readonly ids: RecommendationIds
  readonly queues: WorkQueues
}

/** What lives as long as one request, or one push. */
export class RequestContext {
  readonly services: Services
  readonly identity: Identity
  /** W3C traceparent of the request, where there is one. */
  readonly trace: string | undefined
  /** The document of the request, once it is parsed and validated. */
  checked: CheckedDocument | undefined
  // No #private: Apollo copies the context property by property.
  private made: Loaders | undefined
  private madePages: PageLists | undefined

  constructor(services: Services, identity: Identity, trace?: string) {
    this.services = services
    this.identity = identity
    this.trace = trace
  }

  get pages(): PageLists {
    this.madePages ??= new PageLists()
    return this.madePages
  }

  /** On whose account work is queued. */
  get client(): Client {
    return clientOf(this.identity)
  }

  /** The ranking, as this client may use it. */
  get compute(): Compute {
    return fairCompute(this.services.compute, this.services.queues.rankings, this.client)
  }

  get loaders(): Loaders {
    this.made ??= createLoaders({ ...this.services, compute: this.compute })
    return this.made
  }
}
