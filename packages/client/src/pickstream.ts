import { CausalTokens } from './causal-tokens.ts'
import type { TypedDocument } from './document.ts'
import { endpointOf, headersOf } from './endpoint.ts'
import type { PickstreamError } from './errors.ts'
import {
  boughtTogetherDocument,
  type EventInput,
  forgetUserDocument,
  homeDocument,
  homeUpdatedDocument,
  identifyDocument,
  rankDocument,
  recommendationsDocument,
  recommendationsUpdatedDocument,
  recordEventsDocument,
  type SessionEventInput,
  sessionRecommendationsDocument,
  similarItemsDocument,
  trendingDocument,
  trendingUpdatedDocument,
  undoEventsDocument,
} from './generated/operations.ts'
import { post, type RequestOptions, requestTimeoutMs } from './http.ts'
import { impressionId, newId } from './ids.ts'
import type { SeenItem } from './impressions.ts'
import { listsThatReplace } from './list-order.ts'
import { type ConnectionStatus, LiveConnection, type Sink } from './live.ts'
import type {
  HomeOptions,
  ListOptions,
  ListPick,
  PickstreamOptions,
  RankOptions,
  RecommendationList,
  RecommendationsOptions,
  StartPage,
  TrendingOptions,
  WatchHomeOptions,
  WatchOptions,
  WatchTrendingOptions,
} from './options.ts'
import { Outbox } from './outbox.ts'
import { defaultStorage, OutboxStorage } from './outbox-storage.ts'
import { type QueuedEvent, queuedEvent } from './queued-event.ts'
import { ServerClock } from './server-clock.ts'
import type { Operation } from './transport.ts'
import type { ValueStore } from './value-store.ts'

const impressionsLingerMs = 1_000

/** Client for a page or a process: records events, requests lists, and watches them. */
export class Pickstream {
  private readonly url: string
  private readonly fetch: typeof fetch
  private readonly webSocket: unknown
  private readonly headers: () => Promise<Readonly<Record<string, string>>>
  private readonly clock = new ServerClock()
  private readonly outbox: Outbox
  private liveConnection: LiveConnection | undefined
  private readonly tokens = new CausalTokens()
  private lastMutation: Promise<unknown> = Promise.resolve()

  constructor(options: PickstreamOptions) {
    this.url = endpointOf(options.url)
    this.fetch = options.fetch ?? ((...args) => fetch(...args))
    this.webSocket = options.webSocket
    this.headers = headersOf(options)
    const storage = options.storage === undefined ? defaultStorage() : (options.storage ?? undefined)
    this.outbox = new Outbox({
      send: (events) => this.send(events),
      storage: new OutboxStorage(storage, this.url, newId()),
      clock: this.clock,
      lingerMs: options.lingerMs ?? 20,
      onRejected: options.onRejected ?? ((event, reason) => console.warn('Pickstream: event rejected:', reason, event)),
    })
    globalThis.document?.addEventListener('visibilitychange', this.onVisibility)
  }

  /**
   * Records an event of a visitor. Returns its id at once and never throws: the event is sent in the background and
   * retried until the server has acknowledged it. It counts once. See `onRejected` for events that are dropped.
   */
  record(event: EventInput): string {
    const recorded = queuedEvent(event)
    this.outbox.add([recorded])
    return recorded.eventId
  }

  /**
   * Records that items of a list, or of a row of a start page, came into view, with their positions if known. An item
   * of one list counts once, however often it is recorded. Returns the ids of the events.
   */
  recordImpressions(
    userId: string,
    recommendationId: string,
    items: readonly (string | SeenItem)[],
  ): readonly string[] {
    const events = items.map((item) => {
      const seen = typeof item === 'string' ? { itemId: item } : item
      const eventId = impressionId(recommendationId, seen.itemId)
      return queuedEvent({ ...seen, eventId, userId, type: 'IMPRESSION', recommendationId })
    })
    this.outbox.add(events, impressionsLingerMs)
    return events.map(({ eventId }) => eventId)
  }

  /** Number of recorded events that the server has not acknowledged yet, 0 to 2,000. */
  get pending(): number {
    return this.outbox.size
  }

  /**
   * Resolves once all events recorded so far are in the server's log or rejected. Rejects with `UNAVAILABLE` after
   * `timeoutMs`; default: 10,000.
   */
  flush({ timeoutMs = requestTimeoutMs }: Pick<RequestOptions, 'timeoutMs'> = {}): Promise<void> {
    return this.outbox.flush(timeoutMs)
  }

  /**
   * Resolves with the user's list, which includes all events recorded by this client; else rejects with
   * `PICKS_NOT_FRESH`. If that error is not retriable, the server's data was restored and may lack these events;
   * later calls do not wait for them.
   */
  async recommendations(userId: string, options: RecommendationsOptions = {}): Promise<RecommendationList> {
    const { freshWithinMs, signal, timeoutMs = requestTimeoutMs, ...list } = options
    const startedAt = performance.now()
    await this.outbox.flush(timeoutMs, signal)
    const leftMs = Math.max(1, timeoutMs - Math.round(performance.now() - startedAt))
    const variables = { ...list, userId, after: this.tokens.get(userId), timeoutMs: freshWithinMs }
    const request = this.request(recommendationsDocument, variables, { signal, timeoutMs: leftMs })
    request.catch(({ retriable, extensions }: PickstreamError) => {
      if (!retriable && extensions.recommendations) this.tokens.delete(userId)
    })
    return (await request).recommendations
  }

  /** Resolves with a list for the events of an anonymous session or basket, oldest event first. They are not stored. */
  async sessionRecommendations(
    events: readonly SessionEventInput[],
    { signal, timeoutMs, ...list }: ListOptions = {},
  ): Promise<RecommendationList> {
    const variables = { ...list, events }
    return (await this.request(sessionRecommendationsDocument, variables, { signal, timeoutMs })).sessionRecommendations
  }

  /** Resolves with items similar to this one, best first. */
  async similarItems(itemId: string, { signal, timeoutMs, ...list }: ListOptions = {}): Promise<readonly ListPick[]> {
    return (await this.request(similarItemsDocument, { ...list, itemId }, { signal, timeoutMs })).similarItems
  }

  /** Resolves with items bought together with these, best first. @param itemIds 1 to 100 */
  async boughtTogether(
    itemIds: readonly string[],
    { signal, timeoutMs, ...list }: ListOptions = {},
  ): Promise<readonly ListPick[]> {
    return (await this.request(boughtTogetherDocument, { ...list, itemIds }, { signal, timeoutMs })).boughtTogether
  }

  /** Resolves with trending items, best first. */
  async trending({ signal, timeoutMs, ...list }: TrendingOptions = {}): Promise<readonly ListPick[]> {
    return (await this.request(trendingDocument, list, { signal, timeoutMs })).trending
  }

  /** Resolves with the items, 1 to 1,000, best first for the user; unknown and unavailable ones are omitted. */
  async rank(
    userId: string,
    itemIds: readonly string[],
    { signal, timeoutMs, ...list }: RankOptions = {},
  ): Promise<readonly ListPick[]> {
    return (await this.request(rankDocument, { ...list, userId, itemIds }, { signal, timeoutMs })).rank
  }

  /** Resolves with the rows of the user's start page. */
  async home(userId: string, { signal, timeoutMs, ...page }: HomeOptions = {}): Promise<StartPage> {
    return (await this.request(homeDocument, { ...page, userId }, { signal, timeoutMs })).home
  }

  /** Calls back with the current list and every newer one, over lost connections, until the returned function is called. */
  watch(userId: string, onList: (list: RecommendationList) => void, options: WatchOptions = {}): () => void {
    const { onError, initial, ...list } = options
    let { sinceRevision } = options
    const take = listsThatReplace(onList, initial)
    const operation = (): Operation => ({
      query: recommendationsUpdatedDocument,
      variables: { ...list, userId, sinceRevision },
    })
    return this.follow<{ recommendationsUpdated: RecommendationList }>(
      operation,
      onError,
      ({ recommendationsUpdated }) => {
        sinceRevision = undefined // a list that has lost an item since may have the same revision
        take(recommendationsUpdated)
      },
    )
  }

  /** Calls back with the trending items, and again whenever they change, until the returned function is called. */
  watchTrending(onPicks: (picks: readonly ListPick[]) => void, options: WatchTrendingOptions = {}): () => void {
    const { onError, ...variables } = options
    const operation = (): Operation => ({ query: trendingUpdatedDocument, variables })
    return this.follow<{ trendingUpdated: readonly ListPick[] }>(operation, onError, ({ trendingUpdated }) =>
      onPicks(trendingUpdated),
    )
  }

  /** Calls back with the user's start page and with every newer one, until the returned function is called. */
  watchHome(userId: string, onPage: (page: StartPage) => void, options: WatchHomeOptions = {}): () => void {
    const { onError, ...page } = options
    const operation = (): Operation => ({ query: homeUpdatedDocument, variables: { ...page, userId } })
    return this.follow<{ homeUpdated: StartPage }>(operation, onError, ({ homeUpdated }) => onPage(homeUpdated))
  }

  /** Undoes events: lists are then as if they had not happened. Rejects with a PickstreamError. */
  async undo(userId: string, eventIds: readonly string[]): Promise<void> {
    await this.flush()
    const { undoEvents } = await this.mutate(undoEventsDocument, { userId, eventIds })
    this.tokens.set(userId, undoEvents.token)
  }

  /** Moves the guest's events to the user and erases the guest. Rejects with a PickstreamError. */
  async identify(guestId: string, userId: string): Promise<void> {
    await this.flush()
    this.tokens.set(userId, (await this.mutate(identifyDocument, { guestId, userId })).identify.token)
  }

  /** Erases all data of the user. Rejects with a PickstreamError. */
  async forgetUser(userId: string): Promise<void> {
    await this.flush()
    this.tokens.set(userId, (await this.mutate(forgetUserDocument, { userId })).forgetUser.token)
  }

  /** Sends a query or mutation. Resolves with its data; rejects with a PickstreamError, or the signal's reason. */
  async request<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data> {
    const { url, headers, fetch, clock } = this
    return post<Data>({ url, headers, fetch, clock }, document, variables, options)
  }

  /** Starts a subscription. `operation` is called for each connection. Returns a function that ends the subscription. */
  subscribe<Data>(operation: () => Operation, sink: Sink<Data>): () => void {
    return this.live.subscribe(operation, sink)
  }

  /** State of the connection for pushed lists. */
  get connection(): ValueStore<ConnectionStatus> {
    return this.live.status
  }

  /** Ends all subscriptions; later ones end with `CLOSED`. Unsent events stay in the storage. */
  close(): void {
    globalThis.document?.removeEventListener('visibilitychange', this.onVisibility)
    this.outbox.close()
    this.live.close()
  }

  private get live(): LiveConnection {
    const { url, headers, fetch, webSocket } = this
    this.liveConnection ??= new LiveConnection({ url, headers, fetch, webSocket })
    return this.liveConnection
  }

  private follow<Data>(
    operation: () => Operation,
    onError: ((error: PickstreamError) => void) | undefined,
    onData: (data: Data) => void,
  ): () => void {
    return this.live.subscribe<Data>(operation, {
      next: ({ data }) => {
        if (data) onData(data)
      },
      error: onError ?? ((error) => console.warn('Pickstream: a watch has ended:', error.message)),
    })
  }

  private async send(events: readonly QueuedEvent[]): Promise<void> {
    const { recordEvents } = await this.mutate(recordEventsDocument, { events })
    for (const { userId } of events) this.tokens.set(userId, recordEvents.token)
  }

  /** Sends one mutation at a time, so that the token that arrives last is that of the newest change. */
  private async mutate<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    const answer = this.lastMutation.then(() => this.request(document, variables))
    this.lastMutation = answer.catch(() => {})
    return answer
  }

  /** A hidden page may never become visible again, so its recorded events are sent now. */
  private readonly onVisibility = (): void => {
    if (document.visibilityState === 'hidden') this.outbox.hurry()
  }
}
