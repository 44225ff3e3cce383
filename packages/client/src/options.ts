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
  /** Returns the visitor's token (a JWT). Called for every request and connection. Default: no token. */
  readonly token?: () => string | Promise<string>
  /** Returns further headers, for example `x-api-key`. WebSockets send them with the first message. Default: none. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /**
   * Keeps unsent events over a reload. Default: `localStorage` if available. null: unsent events are lost at a reload.
   */
  readonly storage?: QueueStorage | null
  /** A WebSocket class. Default: the global one; without one, lists are watched over server-sent events. */
  readonly webSocket?: unknown
  readonly fetch?: typeof fetch
  /** Events recorded within this time are sent in one request. Default: 20. */
  readonly lingerMs?: number
  /**
   * Called with an event that is dropped: the server rejected it, or the queue was full. Default: a warning on the
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

/**
 * `freshWithinMs`: maximum wait until the list includes the events recorded by this client, 0 to 30,000. Default:
 * 2,000.
 */
export type RecommendationsOptions = Arguments<RecommendationsQueryVariables, 'userId' | 'after' | 'timeoutMs'> & {
  readonly freshWithinMs?: number
}
export type ListOptions = Arguments<BoughtTogetherQueryVariables, 'itemIds'>
export type RankOptions = Arguments<RankQueryVariables, 'userId' | 'itemIds'>
export type HomeOptions = Arguments<HomeQueryVariables, 'userId'>
export type TrendingOptions = TrendingQueryVariables & RequestOptions

interface OnError {
  /** Called when the server rejects the subscription, which has then ended. Default: a warning on the console. */
  readonly onError?: (error: PickstreamError) => void
}
/**
 * `initial`: a list that is available already, for example rendered by the server; the watch calls back when another
 * list replaces it. `sinceRevision`: the first list must have a newer revision, so one of the same revision that has
 * lost an item is not sent.
 */
export type WatchOptions = Omit<RecommendationsUpdatedSubscriptionVariables, 'userId'> &
  OnError & { readonly initial?: RecommendationList }
export type WatchHomeOptions = Omit<HomeUpdatedSubscriptionVariables, 'userId'> & OnError
export type WatchTrendingOptions = TrendingUpdatedSubscriptionVariables & OnError
