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
export type RecordedEvent = ShopEvent & { readonly eventId: string; readonly timestamp: string }

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

const batchMax = 200
const queueMax = 2000
const usersMax = 1000
const storageKey = 'pickstream.queue'
const backOffMs = { first: 250, max: 15_000 }
const fields = 'id revision causedByEventId personalized picks { rank item { id title price } reason { __typename } }'

interface Failure {
  readonly message: string
  readonly extensions?: { readonly retriable?: boolean; readonly issues?: { path: string; message: string }[] }
}

export class Pickstream {
  private readonly options: PickstreamOptions
  private queue: RecordedEvent[]
  private sending: Promise<void> | undefined
  /** By user: a token knows of the events of its own request alone. */
  private readonly tokens = new Map<string, string>()
  private closed = false
  private readonly sockets = new Set<Client>()

  constructor(options: PickstreamOptions) {
    this.options = options
    this.queue = JSON.parse(options.storage?.getItem(storageKey) ?? '[]') as RecordedEvent[]
    if (this.queue.length > 0) void this.send()
  }

  /** Never waits and never fails: the event is sent in the background, again and again until the server has it, and counts once. */
  record(event: ShopEvent): string {
    const recorded = { ...event, eventId: crypto.randomUUID(), timestamp: new Date().toISOString() }
    this.queue.push(recorded)
    if (this.queue.length > queueMax) this.options.onRejected?.(this.queue.shift()!, 'the queue is full')
    this.save()
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
  watch(userId: string, onPicks: (picks: Picks) => void, { first = 20 } = {}): () => void {
    const { url, token, webSocket } = this.options
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: webSocket ?? globalThis.WebSocket,
      connectionParams: async () => (token ? { authorization: `Bearer ${await token()}` } : {}),
      retryAttempts: 0,
    })
    const ended = new AbortController()
    this.sockets.add(client)
    const query = `subscription($userId: ID!, $first: Int, $sinceRevision: String) {
      recommendationsUpdated(userId: $userId, first: $first, sinceRevision: $sinceRevision) { ${fields} } }`
    let sinceRevision: string | undefined
    const run = async () => {
      for (let pauseMs = backOffMs.first; !ended.signal.aborted; pauseMs = Math.min(pauseMs * 2, backOffMs.max)) {
        try {
          const variables = { userId, first, sinceRevision }
          for await (const { data } of client.iterate<{ recommendationsUpdated: Picks }>({ query, variables })) {
            if (ended.signal.aborted) return
            if (!data) break
            sinceRevision = data.recommendationsUpdated.revision
            pauseMs = backOffMs.first
            onPicks(data.recommendationsUpdated)
          }
        } catch {
          // the connection was lost: below it is tried again, from the newest revision on
        }
        await wait(pauseMs)
      }
    }
    void run()
    return () => {
      ended.abort()
      this.sockets.delete(client)
      void client.dispose()
    }
  }

  /** Ends every watch; what is not sent stays in the storage. */
  close(): void {
    this.closed = true
    for (const client of this.sockets) void client.dispose()
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
    for (let pauseMs = backOffMs.first; this.queue.length > 0 && !this.closed; ) {
      const batch = this.queue.slice(0, batchMax)
      const { data, errors } = await this.post(query, { events: batch }).catch(offline)
      const refused = errors?.[0]
      if (refused === undefined) {
        this.keepToken(batch, (data as { recordEvents: { token: string } }).recordEvents.token)
        this.drop(batch)
        pauseMs = backOffMs.first
      } else if (refused.extensions?.retriable) {
        await wait(pauseMs)
        pauseMs = Math.min(pauseMs * 2, backOffMs.max)
      } else {
        this.reject(batch, refused)
      }
    }
  }

  private keepToken(batch: readonly RecordedEvent[], token: string): void {
    for (const { userId } of batch) {
      this.tokens.delete(userId) // so that the map is in the order of use
      this.tokens.set(userId, token)
    }
    for (const userId of this.tokens.keys()) if (this.tokens.size > usersMax) this.tokens.delete(userId)
  }

  /** What the server names is left out, and the rest goes again: a refused batch is refused whole. */
  private reject(batch: readonly RecordedEvent[], { message, extensions }: Failure): void {
    const named = extensions?.issues?.map(({ path, message }) => ({
      n: Number(/^events\[(\d+)\]/.exec(path)?.[1]),
      message,
    }))
    const known = (named ?? []).filter(({ n }) => n in batch)
    const reasons = known.length > 0 ? known : batch.map((_, n) => ({ n, message }))
    for (const { n, message } of reasons) this.options.onRejected?.(batch[n]!, message)
    this.drop(reasons.map(({ n }) => batch[n]!))
  }

  private drop(events: readonly RecordedEvent[]): void {
    const gone = new Set(events)
    this.queue = this.queue.filter((event) => !gone.has(event))
    this.save()
  }

  private save(): void {
    this.options.storage?.setItem(storageKey, JSON.stringify(this.queue))
  }

  private async post(query: string, variables: object): Promise<{ data?: unknown; errors?: readonly Failure[] }> {
    const { url, token, fetch: post = fetch } = this.options
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${await token()}` }) }
    const response = await post(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    if (response.status >= 500 || response.status === 429) return offline(new Error(`HTTP ${response.status}`))
    return (await response.json()) as { data?: unknown; errors?: readonly Failure[] }
  }
}

const offline = (error: Error): { data?: unknown; errors: readonly Failure[] } => ({
  errors: [{ message: error.message, extensions: { retriable: true } }],
})

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
