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

/** One client for a page or a process: record what visitors do, ask for lists, and watch them change. */
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
   * Records what a visitor did. Returns the event's id at once and never fails: the event is sent in the background,
   * again and again until the server has it, and counts once.
   */
  record(event: EventInput): string {
    const recorded = queuedEvent(event)
    this.outbox.add([recorded])
    return recorded.eventId
  }

  /**
   * Records that items of a list, or of a row of a start page, came into view, with their positions where they are
   * known. An item of one list counts once, however often it is recorded. Returns the ids of the events.
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

  /** Number of events recorded here that the server does not have yet, 0..2,000. */
  get pending(): number {
    return this.outbox.size
  }

  /**
   * Resolves once all that was recorded so far is in the server's log. Rejects with `UNAVAILABLE` after `timeoutMs`;
   * default 10,000.
   */
  flush({ timeoutMs = requestTimeoutMs }: Pick<RequestOptions, 'timeoutMs'> = {}): Promise<void> {
    return this.outbox.flush(timeoutMs)
  }

  /**
   * The user's list; it includes everything recorded here, or rejects with `PICKS_NOT_FRESH`. If the rejection is not
   * retriable, the server's data was restored and may lack what was recorded; later calls no longer wait for it.
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

  /** The list for a click trail or basket that the server does not know, oldest event first. */
  async sessionRecommendations(
    events: readonly SessionEventInput[],
    { signal, timeoutMs, ...list }: ListOptions = {},
  ): Promise<RecommendationList> {
    const variables = { ...list, events }
    return (await this.request(sessionRecommendationsDocument, variables, { signal, timeoutMs })).sessionRecommendations
  }

  /** Items like this one, best first. */
  async similarItems(itemId: string, { signal, timeoutMs, ...list }: ListOptions = {}): Promise<readonly ListPick[]> {
    return (await this.request(similarItemsDocument, { ...list, itemId }, { signal, timeoutMs })).similarItems
  }

  /** Items bought together with these, best first. 1..100 ids. */
  async boughtTogether(
    itemIds: readonly string[],
    { signal, timeoutMs, ...list }: ListOptions = {},
  ): Promise<readonly ListPick[]> {
    return (await this.request(boughtTogetherDocument, { ...list, itemIds }, { signal, timeoutMs })).boughtTogether
  }

  /** Trending items, best first. */
  async trending({ signal, timeoutMs, ...list }: TrendingOptions = {}): Promise<readonly ListPick[]> {
    return (await this.request(trendingDocument, list, { signal, timeoutMs })).trending
  }

  /**
   * The items in the order in which this user would want them; those that are unknown or not available are left out.
   * 1..1,000 ids.
   */
  async rank(
    userId: string,
    itemIds: readonly string[],
    { signal, timeoutMs, ...list }: RankOptions = {},
  ): Promise<readonly ListPick[]> {
    return (await this.request(rankDocument, { ...list, userId, itemIds }, { signal, timeoutMs })).rank
  }

  /** Rows for the user's start page. */
  async home(userId: string, { signal, timeoutMs, ...page }: HomeOptions = {}): Promise<StartPage> {
    return (await this.request(homeDocument, { ...page, userId }, { signal, timeoutMs })).home
  }

  /**
   * Calls back with the current list and with every newer one, over lost connections, until the returned function
   * is called.
   */
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
        sinceRevision = undefined // a list that has lost an item meanwhile may have the same revision
        take(recommendationsUpdated)
      },
    )
  }

  /** Calls back with what is trending and whenever that changed, until the returned function is called. */
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

  /** Undoes events, as if they had not happened. */
  async undo(userId: string, eventIds: readonly string[]): Promise<void> {
    await this.flush()
    const { undoEvents } = await this.mutate(undoEventsDocument, { userId, eventIds })
    this.tokens.set(userId, undoEvents.token)
  }

  /** What the guest did now belongs to the user; the guest is forgotten. */
  async identify(guestId: string, userId: string): Promise<void> {
    await this.flush()
    this.tokens.set(userId, (await this.mutate(identifyDocument, { guestId, userId })).identify.token)
  }

  /** Erases all that is known of the user. */
  async forgetUser(userId: string): Promise<void> {
    await this.flush()
    this.tokens.set(userId, (await this.mutate(forgetUserDocument, { userId })).forgetUser.token)
  }

  /** Any query or mutation. Returns its data; rejects with a PickstreamError, or with the signal's reason. */
  async request<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data> {
    const { url, headers, fetch, clock } = this
    return post<Data>({ url, headers, fetch, clock }, document, variables, options)
  }

  /**
   * Any subscription. It goes on over lost connections; `operation` is called for each connection. Returns the function
   * that ends it.
   */
  subscribe<Data>(operation: () => Operation, sink: Sink<Data>): () => void {
    return this.live.subscribe(operation, sink)
  }

  /** Whether pushed lists can arrive. */
  get connection(): ValueStore<ConnectionStatus> {
    return this.live.status
  }

  /** Ends all subscriptions; later ones end with `CLOSED`. Events that are not sent yet stay in the storage. */
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

  /** One mutation at a time: the token that arrives last is then that of the newest change. */
  private async mutate<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    const answer = this.lastMutation.then(() => this.request(document, variables))
    this.lastMutation = answer.catch(() => {})
    return answer
  }

  /** A page that is hidden may never be seen again: what it has recorded is sent now. */
  private readonly onVisibility = (): void => {
    if (document.visibilityState === 'hidden') this.outbox.hurry()
  }
}
