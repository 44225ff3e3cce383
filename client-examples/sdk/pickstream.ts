import { type Client, createClient } from 'graphql-ws'

/** Copy this file into your shop: its only dependency is graphql-ws. It runs in browsers and in Node. */
export interface PickstreamOptions {
  /** The GraphQL endpoint, for example https://picks.example.com/graphql */
  readonly url: string
  /** The shopper's token, asked for anew at every connection. */
  readonly token?: () => string | Promise<string>
  /** Keeps what is not sent yet over a reload; `localStorage` fits. */
  readonly storage?: { getItem(key: string): string | null; setItem(key: string, value: string): void }
  /** Node before 22 has none of its own: `ws`. */
  readonly webSocket?: unknown
  readonly fetch?: typeof fetch
  /** Events recorded within so long go into one request. */
  readonly lingerMs?: number
  /** An event that was not taken: the server refused it, or the queue was full. */
  readonly onRejected?: (event: RecordedEvent, reason: string) => void
}

type Opinion = 'LIKE' | 'DISLIKE' | 'RATING' | 'DISMISS'
type EventType = 'VIEW' | 'CLICK' | 'IMPRESSION' | 'CART' | 'UNCART' | 'PURCHASE' | 'REFUND' | Opinion

export interface ShopEvent {
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
  readonly value?: number
  readonly quantity?: number
  readonly recommendationId?: string
}
/** `timestamp`: by the visitor's clock. Absent where the server refused that time: then it counts when it arrives. */
export type RecordedEvent = ShopEvent & { readonly eventId: string; readonly timestamp?: string }

export interface Picks {
  readonly id: string
  readonly revision: string
  readonly causedByEventId: string | null
  readonly personalized: boolean
  readonly picks: readonly {
    readonly rank: number
    readonly item: { readonly id: string; readonly title: string; readonly price: number | null }
    readonly reason: { readonly __typename: string }
  }[]
}

interface Failure {
  readonly message: string
  readonly extensions?: { readonly retriable?: boolean; readonly issues?: readonly { path: string; message: string }[] }
}
type Answer = { readonly data?: unknown; readonly errors?: readonly Failure[] }

const batchMax = 200
const queueMax = 2000
const usersMax = 1000
const storageKey = 'pickstream.queue'
const backOff = { firstMs: 250, maxMs: 15_000 }
/** Differences that the resolution of the Date header and the way of the answer explain. */
const clockToleranceMs = 5_000
/** A connection that has not answered a ping for so long is dead, though its socket may stay open: a phone that changed networks. */
const keepAlive = { pingMs: 10_000, pongMsMax: 5_000 }
const fields = 'id revision causedByEventId personalized picks { rank item { id title price } reason { __typename } }'

export class Pickstream {
  private queue: RecordedEvent[]
  private sending: Promise<void> | undefined
  /** By user: a token knows of the events of its own request alone. */
  private readonly tokens = new Map<string, string>()
  private closed = false
  private readonly options: PickstreamOptions
  private readonly socket: Client
  /** How far the visitor's clock is behind the server's, ms, by the newest answer; unknown until its Date header could be read. */
  private clockOffsetMs: number | undefined

  constructor(options: PickstreamOptions) {
    this.options = options
    this.socket = openSocket(options)
    this.queue = JSON.parse(options.storage?.getItem(storageKey) ?? '[]') as RecordedEvent[]
    if (this.queue.length > 0) void this.send()
  }

  /** Never waits and never fails: the event is sent in the background, again and again until the server has it, and counts once. */
  record(event: ShopEvent): string {
    const recorded = { ...event, eventId: crypto.randomUUID(), timestamp: new Date().toISOString() }
    this.keep([...this.queue, recorded])
    if (this.queue.length > queueMax) this.reject(this.queue.slice(0, 1), { message: 'the queue is full' })
    void this.send()
    return recorded.eventId
  }

  /** Resolves once everything recorded so far is in the server's log. */
  async flush(): Promise<void> {
    while (this.queue.length > 0 && !this.closed) await this.send()
  }

  /** The list that knows everything recorded here. */
  async recommendations(userId: string, { first = 20 } = {}): Promise<Picks> {
    await this.flush()
    const query = `query($userId: ID!, $first: Int, $after: String) {
      recommendations(userId: $userId, first: $first, after: $after) { ${fields} } }`
    const { data, errors } = await this.post(query, { userId, first, after: this.tokens.get(userId) })
    if (errors) throw new Error(errors[0]?.message)
    return (data as { recommendations: Picks }).recommendations
  }

  /** Calls back with the list as it stands and with every newer one, over lost connections, until the returned function is called. */
  watch(userId: string, onPicks: (list: Picks) => void, { first = 20 } = {}): () => void {
    const query = `subscription($userId: ID!, $first: Int, $sinceRevision: String) {
      recommendationsUpdated(userId: $userId, first: $first, sinceRevision: $sinceRevision) { ${fields} } }`
    const variables = { userId, first, sinceRevision: undefined as string | undefined }
    let stop = (): void => {}
    let ended = false
    const follow = async () => {
      for (let pauseMs = backOff.firstMs; !ended && !this.closed; pauseMs = longer(pauseMs)) {
        await new Promise<void>((resolve) => {
          const next = ({ data }: { data?: { recommendationsUpdated: Picks } | null }): void => {
            if (!data) {
              stop()
              return
            }
            variables.sinceRevision = data.recommendationsUpdated.revision
            pauseMs = backOff.firstMs
            onPicks(data.recommendationsUpdated)
          }
          stop = this.socket.subscribe({ query, variables }, { next, error: () => resolve(), complete: resolve })
        })
        await wait(jittered(pauseMs))
      }
    }
    void follow()
    return () => {
      ended = true
      stop()
    }
  }

  /** Ends every watch; what is not sent stays in the storage. */
  close(): void {
    this.closed = true
    void this.socket.dispose()
  }

  private send(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined
    })
    return this.sending
  }

  private async sendAll(): Promise<void> {
    const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
    await wait(this.options.lingerMs ?? 20)
    for (let pauseMs = backOff.firstMs; this.queue.length > 0 && !this.closed; ) {
      const batch = this.queue.slice(0, batchMax)
      const hadOffset = this.clockOffsetMs !== undefined
      const events = batch.map((event) => this.byServerClock(event))
      const { data, errors } = await this.post(query, { events }).catch(offline)
      const [refused] = errors ?? []
      if (refused?.extensions?.retriable) {
        await wait(jittered(pauseMs))
        pauseMs = longer(pauseMs)
        continue
      }
      if (refused) this.reject(batch, refused, hadOffset)
      else this.accepted(batch, (data as { recordEvents: { token: string } }).recordEvents.token)
      pauseMs = backOff.firstMs
    }
  }

  private accepted(batch: readonly RecordedEvent[], token: string): void {
    for (const { userId } of batch) {
      this.tokens.delete(userId) // so that the map is in the order of use
      this.tokens.set(userId, token)
    }
    for (const userId of this.tokens.keys()) if (this.tokens.size > usersMax) this.tokens.delete(userId)
    this.drop(batch)
  }

  /**
   * What the server names is left out, and the rest goes again: a refused batch is refused whole. An event whose time alone is
   * refused is not lost: it goes again with its time by the server's clock, or without one.
   */
  private reject(batch: readonly RecordedEvent[], { message, extensions }: Failure, hadOffset = true): void {
    const refused = new Map<RecordedEvent, string>()
    const untimely = new Set<RecordedEvent>()
    for (const issue of extensions?.issues ?? []) {
      const [, place, field] = /^events\[(\d+)\](?:\.(\w+))?/.exec(issue.path) ?? []
      const event = batch[Number(place)]
      if (event?.timestamp !== undefined && field === 'timestamp') untimely.add(event)
      else if (event) refused.set(event, issue.message)
    }
    if (refused.size + untimely.size === 0) for (const event of batch) refused.set(event, message)
    for (const [event, reason] of refused) this.options.onRejected?.(event, reason)
    this.drop([...refused.keys()])
    const isOffsetNew = !hadOffset && this.clockOffsetMs !== undefined
    if (isOffsetNew) return
    this.keep(this.queue.map((event) => (untimely.has(event) ? { ...event, timestamp: undefined } : event)))
  }

  private byServerClock(event: RecordedEvent): RecordedEvent {
    if (event.timestamp === undefined || this.clockOffsetMs === undefined) return event
    const at = Math.min(Date.parse(event.timestamp), Date.now()) + this.clockOffsetMs
    return { ...event, timestamp: new Date(at).toISOString() }
  }

  private noteServerTime(date: string | null): void {
    const offsetMs = Date.parse(date ?? '') - Date.now()
    if (!Number.isNaN(offsetMs)) this.clockOffsetMs = Math.abs(offsetMs) < clockToleranceMs ? 0 : offsetMs
  }

  private drop(events: readonly RecordedEvent[]): void {
    const gone = new Set(events)
    this.keep(this.queue.filter((event) => !gone.has(event)))
  }

  private keep(queue: RecordedEvent[]): void {
    this.queue = queue
    this.options.storage?.setItem(storageKey, JSON.stringify(queue))
  }

  private async post(query: string, variables: object): Promise<Answer> {
    const { url, token, fetch: post = fetch } = this.options
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${await token()}` }) }
    const response = await post(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    this.noteServerTime(response.headers.get('date'))
    if (response.status >= 500 || response.status === 429) return offline(new Error(`HTTP ${response.status}`))
    return (await response.json()) as Answer
  }
}

function openSocket({ url, token, webSocket }: PickstreamOptions): Client {
  let silence: ReturnType<typeof setTimeout> | undefined
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: webSocket ?? globalThis.WebSocket,
    connectionParams: async () => (token ? { authorization: `Bearer ${await token()}` } : {}),
    retryAttempts: 0, // `watch` tries again itself, from the newest revision on
    keepAlive: keepAlive.pingMs,
    on: {
      ping: (isReceived) => {
        if (!isReceived) silence = setTimeout(() => client.terminate(), keepAlive.pongMsMax)
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(silence)
      },
      closed: () => clearTimeout(silence),
    },
  })
  return client
}

const offline = ({ message }: Error): Answer => ({ errors: [{ message, extensions: { retriable: true } }] })
const longer = (ms: number): number => Math.min(ms * 2, backOff.maxMs)
/** Between half and all of it: pages that lost one server do not all come to the next one at once. */
const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2)
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
