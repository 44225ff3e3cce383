import { type Client, createClient } from 'graphql-ws/client'
import { errorOf, type GraphQLFailure, PickstreamError } from './errors.ts'
import type { Ending, LiveOptions, Message, Operation, Transport, TransportListener } from './transport.ts'

/**
 * Maximum wait for the answer to a ping. Sockets of a phone that changed networks stay open although nothing arrives.
 */
const keepAlive = { pingMs: 10_000, pongMsMax: 5_000 }
/**
 * Maximum wait for the connection: a proxy that drops the upgrade silently would otherwise delay the page for
 * minutes.
 */
const openMsMax = 5_000
/** An unused socket stays open for this time, for example between two pages of a single-page application. */
const idleCloseMs = 3_000

/** Close codes of graphql-transport-ws for clients whose credentials are rejected. */
const refusals: readonly number[] = [4401, 4403]

/** Close code of a connection that was lost or never opened. */
const closedAbnormally = 1006

/** Close code of a server that rejects a connection for now. */
const tryAgainLater = 1013

/** Subscriptions over one WebSocket (graphql-transport-ws). */
export class WebSocketTransport implements Transport {
  /** Open subscriptions. */
  size = 0
  private readonly client: Client
  private isOpen = false
  private silence: ReturnType<typeof setTimeout> | undefined
  private readonly openListeners = new Set<() => void>()

  constructor({ url, headers }: LiveOptions, implementation: unknown) {
    this.client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: closingInsteadOfThrowing(implementation as typeof WebSocket),
      connectionParams: headers,
      retryAttempts: 0, // LiveConnection retries, from the newest revision on
      keepAlive: keepAlive.pingMs,
      lazyCloseTimeout: idleCloseMs,
      on: {
        connecting: () => this.expect(openMsMax),
        connected: () => {
          clearTimeout(this.silence)
          this.isOpen = true
          for (const listener of [...this.openListeners]) listener()
        },
        ping: (isReceived) => {
          if (!isReceived) this.expect(keepAlive.pongMsMax)
        },
        pong: (isReceived) => {
          if (isReceived) clearTimeout(this.silence)
        },
        closed: () => {
          clearTimeout(this.silence)
          this.isOpen = false
        },
      },
    })
    // The browser detects it before the socket does.
    globalThis.addEventListener?.('offline', this.terminate)
  }

  subscribe<Data>(operation: Operation, { onOpen, onNext, onEnd }: TransportListener<Data>): () => void {
    let isStopped = false
    let reached = this.isOpen
    const noteOpen = (): void => {
      this.openListeners.delete(noteOpen)
      reached = true
      if (!isStopped) onOpen()
    }
    const leave = (): void => {
      if (!isStopped) this.size--
      isStopped = true
      this.openListeners.delete(noteOpen)
    }
    const end = (ending: Ending): void => {
      const isLate = isStopped
      leave()
      if (!isLate) onEnd(ending)
    }
    this.size++
    if (reached) queueMicrotask(noteOpen)
    else this.openListeners.add(noteOpen)
    const stop = this.client.subscribe<Data>(
      { query: operation.query, variables: operation.variables as Record<string, unknown> },
      {
        next: (message) => {
          if (!isStopped) onNext(message as Message<Data>)
        },
        error: (error) => end(endingOf(error, reached)),
        complete: () => end({ reached, isComplete: true }),
      },
    )
    return () => {
      leave()
      stop()
    }
  }

  close(): void {
    clearTimeout(this.silence)
    globalThis.removeEventListener?.('offline', this.terminate)
    Promise.resolve(this.client.dispose()).catch(() => {})
  }

  private readonly terminate = (): void => this.client.terminate()

  /** Closes the connection unless a message arrives in time. */
  private expect(withinMs: number): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(this.terminate, withinMs)
  }
}

/**
 * The constructor throws where the browser forbids the address, for example `ws:` on a page that came over https. As a
 * socket that closes at once, it is tried by the other transport and reported like a server that cannot be reached.
 */
function closingInsteadOfThrowing(implementation: typeof WebSocket): unknown {
  const { CONNECTING, OPEN, CLOSING, CLOSED } = implementation
  function open(url: string, protocol: string): unknown {
    try {
      return new implementation(url, protocol)
    } catch (error) {
      const socket = { readyState: CLOSED, onclose: null as ((event: object) => void) | null, close() {} }
      setTimeout(() => socket.onclose?.({ code: closedAbnormally, reason: String(error) }))
      return socket
    }
  }
  return Object.assign(open, { CONNECTING, OPEN, CLOSING, CLOSED })
}

function endingOf(error: unknown, reached: boolean): Ending {
  if (Array.isArray(error)) return { reached: true, refusal: errorOf(error as GraphQLFailure[]) }
  const { code, reason } = (error ?? {}) as { code?: number; reason?: string }
  if (code !== undefined && refusals.includes(code)) {
    const refusal = new PickstreamError(
      code === 4401 ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      reason || `closed with ${code}`,
    )
    return { reached: true, refusal, isAccess: true }
  }
  if (code !== tryAgainLater) return { reached }
  const refusal = new PickstreamError(
    reason === 'UNAVAILABLE' ? reason : 'RATE_LIMITED',
    `closed with ${code}: ${reason}`,
    { retriable: true },
  )
  return { reached: true, refusal }
}
