import { runCallback } from './callback.ts'
import { cannotReach, errorOf, type GraphQLFailure, PickstreamError } from './errors.ts'
import { WebSocketPool } from './live-sockets.ts'
import { SseTransport } from './live-sse.ts'
import { Backoff } from './retry.ts'
import type { Ending, LiveOptions, Message, Operation, Transport } from './transport.ts'
import { createStore, type ValueStore, type WritableStore } from './value-store.ts'

/** State of the connection for pushed lists. `refused`: the server rejects the client's credentials. */
export type ConnectionStatus = 'connecting' | 'live' | 'offline' | 'refused'

export interface Sink<Data> {
  next(message: Message<Data>): void
  /**
   * Called when the server rejects the subscription, or when the client was closed before (`CLOSED`): it is not
   * retried.
   */
  error(error: PickstreamError): void
}

/** A connection that was open this long counts as a success: the next retry waits the shortest time again. */
const stableMs = 10_000

/**
 * Subscriptions that continue after lost connections: over WebSockets, or over server-sent events if WebSockets are
 * blocked.
 */
export class LiveConnection {
  readonly status: ValueStore<ConnectionStatus>
  private readonly statusStore: WritableStore<ConnectionStatus> = createStore<ConnectionStatus>('connecting')
  private readonly webSocket: Transport | undefined
  private readonly sse: Transport
  /** Whether a WebSocket failed and server-sent events succeeded right after. */
  private prefersSse = false
  private readonly stops = new Set<() => void>()
  private closed = false
  private readonly limitsNoted = new Set<string>()

  private readonly url: string

  constructor(options: LiveOptions) {
    this.url = options.url
    this.status = this.statusStore
    const implementation = options.webSocket ?? globalThis.WebSocket
    this.webSocket = implementation ? new WebSocketPool(options, implementation) : undefined
    this.sse = new SseTransport(options)
    globalThis.addEventListener?.('online', this.onOnline)
  }

  /**
   * Follows a subscription until the returned function is called. `operation` is called for each connection, so that it
   * can name the newest revision received.
   */
  subscribe<Data>(operation: () => Operation, sink: Sink<Data>): () => void {
    const backoff = new Backoff()
    let isStopped = false
    let leave = (): void => {}
    const stop = (): void => {
      isStopped = true
      this.stops.delete(stop)
      backoff.stop()
      leave()
    }
    const follow = async (): Promise<void> => {
      while (!isStopped) {
        const ending = await new Promise<Ending>((resolve) => {
          leave = this.connect(operation(), { backoff, sink, onEnd: resolve })
        })
        if (isStopped) return
        if (ending.refusal && !ending.isAccess && !ending.refusal.retriable) {
          stop()
          runCallback(() => sink.error(ending.refusal!))
          return
        }
        if (ending.isAccess) this.statusStore.set('refused')
        else if (ending.refusal) this.noteLimit(ending.refusal)
        else this.noteLoss(ending)
        await backoff.wait(ending.refusal?.retryAfterMs)
      }
    }
    this.stops.add(stop)
    if (!this.closed) void follow()
    else {
      queueMicrotask(() => {
        if (!isStopped) runCallback(() => sink.error(closedError()))
        stop()
      })
    }
    return stop
  }

  /** Ends all subscriptions. */
  close(): void {
    this.closed = true
    globalThis.removeEventListener?.('online', this.onOnline)
    for (const stop of [...this.stops]) stop()
    this.webSocket?.close()
    this.sse.close()
  }

  /** Connects by the preferred transport; if it does not reach the server, by the other one at once. */
  private connect<Data>(operation: Operation, { backoff, sink, onEnd }: Attempt<Data>): () => void {
    const order = [this.webSocket, this.sse].filter((transport) => transport !== undefined)
    if (this.prefersSse) order.reverse()
    let leave = (): void => {}
    /** Errors of the newest message: a server that rejects an operation sends only errors, and completes it. */
    let failures: readonly GraphQLFailure[] | undefined
    let openedAt = Number.POSITIVE_INFINITY
    const tryNext = (): void => {
      const transport = order.shift()!
      leave = transport.subscribe<Data>(operation, {
        onOpen: () => {
          openedAt = Date.now()
          if (order.length === 0) this.prefersSse = transport === this.sse
          this.statusStore.set('live')
        },
        onNext: (message) => {
          failures = message.data ? undefined : message.errors
          if (failures) return
          backoff.reset()
          runCallback(() => sink.next(message))
        },
        onEnd: (end) => {
          const ending = end.isComplete && failures ? { ...end, refusal: errorOf(failures) } : end
          if (Date.now() - openedAt >= stableMs) backoff.reset()
          if (ending.reached || order.length === 0) onEnd(ending)
          else tryNext()
        },
      })
    }
    tryNext()
    return () => leave()
  }

  /** A limit that holds a watch back is reported once, because the watch is retried without an end. */
  private noteLimit({ code, message }: PickstreamError): void {
    if (code !== 'RATE_LIMITED' || this.limitsNoted.has(message)) return
    this.limitsNoted.add(message)
    console.warn('Pickstream: a watch waits for a limit of the server, and is tried again:', message)
  }

  private noteLoss({ reached }: Ending): void {
    const isFirst = this.status.get() === 'connecting'
    this.statusStore.set('offline')
    if (isFirst && !reached) console.warn('Pickstream:', `${cannotReach(this.url)}; retrying`)
  }

  /** Another network may let WebSockets through. */
  private readonly onOnline = (): void => {
    this.prefersSse = false
  }
}

const closedError = (): PickstreamError =>
  new PickstreamError('CLOSED', 'close() was called on this client; a new watch needs a new client')

interface Attempt<Data> {
  readonly backoff: Backoff
  readonly sink: Sink<Data>
  readonly onEnd: (ending: Ending) => void
}
