import { createClient as createSocket } from 'graphql-ws'
import { Client, cacheExchange, type ExecutionResult, fetchExchange, subscriptionExchange } from 'urql'

export type Connection = 'connecting' | 'live' | 'offline'

const http = new URL('/graphql', location.href).href

let connection: Connection = 'connecting'
const listeners = new Set<() => void>()

/** Whether picks can arrive. For useSyncExternalStore. */
export const connectionStore = {
  get: () => connection,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

let silence: ReturnType<typeof setTimeout> | undefined

const socket = createSocket({
  url: http.replace(/^http/, 'ws'),
  keepAlive: 10_000,
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: untilWorthTrying,
  on: {
    connected: () => become('live'),
    closed: () => become('offline'),
    // A phone that changes networks keeps a dead socket open: no answer to a ping within 5 s ends it.
    ping: (received) => {
      if (!received) silence = setTimeout(() => socket.terminate(), 5_000)
    },
    pong: (received) => {
      if (received) clearTimeout(silence)
    },
  },
})

// The browser knows before the socket does.
addEventListener('offline', () => socket.terminate())

export const client = new Client({
  url: http,
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables = {} }) => ({
        subscribe: (sink) => {
          const resuming = resumable(variables)
          const unsubscribe = socket.subscribe<Updated>(
            { query, variables: resuming.variables },
            { ...sink, next: (message) => sink.next(resuming.seen(message) as ExecutionResult) },
          )
          return { unsubscribe }
        },
      }),
    }),
  ],
})

type Updated = { recommendationsUpdated?: { revision?: string } }
type Message = Parameters<Parameters<typeof socket.subscribe<Updated>>[1]['next']>[0]

/** After a break graphql-ws sends a subscription again; by then its variables name the newest revision it has seen. */
function resumable(given: object) {
  let newest: string | undefined
  return {
    variables: {
      ...given,
      get sinceRevision() {
        return newest
      },
    },
    seen(message: Message) {
      newest = message.data?.recommendationsUpdated?.revision ?? newest
      return message
    },
  }
}

/** From a quarter of a second up to 3 s, not all pages at once, and at once when the network is back. */
function untilWorthTrying(retries: number): Promise<void> {
  const ms = Math.min(250 * 2 ** retries, 3_000) * (0.75 + Math.random() / 2)
  return new Promise((resolve) => {
    if (navigator.onLine) setTimeout(resolve, ms)
    addEventListener('online', () => resolve(), { once: true })
  })
}

function become(next: Connection) {
  connection = next
  for (const listener of listeners) listener()
}
