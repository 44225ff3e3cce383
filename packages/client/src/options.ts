import type { PickstreamError } from './errors.ts'
import type {
  BoughtTogetherQueryVariables,
  HomeQueryVariables,
  HomeUpdatedSubscriptionVariables,
  ListPickFragment,
  RankQueryVariables,
  RecommendationListFragment,
  RecommendationsQueryVariables,
  RecommendationsUpdatedSubscriptionVariables,
  StartPageFragment,
  TrendingQueryVariables,
  TrendingUpdatedSubscriptionVariables,
} from './generated/operations.ts'
import type { RequestOptions } from './http.ts'
import type { QueueStorage } from './outbox-storage.ts'
import type { QueuedEvent } from './queued-event.ts'

export interface PickstreamOptions {
  /** The GraphQL endpoint, for example https://picks.example.com/graphql. On a page it may be relative: /graphql */
  readonly url: string
  /** The visitor's token (a JWT), requested for every request and connection. */
  readonly token?: () => string | Promise<string>
  /** More headers, for example `x-api-key`; WebSockets send them with the first message. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /**
   * Keeps events that are not sent yet over a reload. Default: `localStorage` where there is one; null: nothing is
   * kept.
   */
  readonly storage?: QueueStorage | null
  /** A WebSocket class. Default: the global one; where there is none, lists are watched over server-sent events. */
  readonly webSocket?: unknown
  readonly fetch?: typeof fetch
  /** Events recorded within so many milliseconds go into one request. Default: 20. */
  readonly lingerMs?: number
  /**
   * Called with an event that is dropped: the server refused it, or the queue was full. Default: a warning in the
   * console.
   */
  readonly onRejected?: (event: QueuedEvent, reason: string) => void
}

/** A list of recommendations. */
export type RecommendationList = RecommendationListFragment
/** One item of a list, with the reason for it. */
export type ListPick = ListPickFragment

/** A start page: rows of items, in the order in which they should be shown. A row that did not change keeps its id. */
export type StartPage = StartPageFragment

type Arguments<Variables, Required extends keyof Variables> = Omit<Variables, Required> & RequestOptions

/** `freshWithinMs`: how long the list may take to include what was recorded here, 0..30,000. Default: 2,000. */
export type RecommendationsOptions = Arguments<RecommendationsQueryVariables, 'userId' | 'after' | 'timeoutMs'> & {
  readonly freshWithinMs?: number
}
export type ListOptions = Arguments<BoughtTogetherQueryVariables, 'itemIds'>
export type RankOptions = Arguments<RankQueryVariables, 'userId' | 'itemIds'>
export type HomeOptions = Arguments<HomeQueryVariables, 'userId'>
export type TrendingOptions = TrendingQueryVariables & RequestOptions

interface OnError {
  /** The server refused the subscription, and it has ended. Default: a warning in the console. */
  readonly onError?: (error: PickstreamError) => void
}
/**
 * `initial`: a list that is there already, for example rendered by the server; the watch calls back when another one replaces it.
 * `sinceRevision`: only lists of newer revisions are sent first, so not one of this revision that has lost an item.
 */
export type WatchOptions = Omit<RecommendationsUpdatedSubscriptionVariables, 'userId'> &
  OnError & { readonly initial?: RecommendationList }
export type WatchHomeOptions = Omit<HomeUpdatedSubscriptionVariables, 'userId'> & OnError
export type WatchTrendingOptions = TrendingUpdatedSubscriptionVariables & OnError
