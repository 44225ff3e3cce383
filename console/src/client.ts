import { CloseCode, createClient as createSocket } from 'graphql-ws'
import { Client, type CombinedError, cacheExchange, fetchExchange, subscriptionExchange } from 'urql'
import { accessHeaders, accessKey } from './access.ts'
import { createStore } from './store.ts'

export type Connection = 'connecting' | 'live' | 'offline' | 'refused'

const http = new URL('/graphql', location.href).href

/** Whether news can arrive; `refused`: this server wants an operator's key. */
export const connectionStore = createStore<Connection>('connecting')

const refusals: readonly number[] = [CloseCode.Forbidden, CloseCode.Unauthorized]
let silence: ReturnType<typeof setTimeout> | undefined

const socket = createSocket({
  url: http.replace(/^http/, 'ws'),
  keepAlive: 10_000,
  retryAttempts: Infinity,
  shouldRetry: (problem) => !refusals.includes((problem as CloseEvent).code),
  retryWait: untilWorthTrying,
  connectionParams: () => ({ apiKey: accessKey.get() ?? undefined }),
  on: {
    connected: () => connectionStore.set('live'),
    closed: (event) => connectionStore.set(refusals.includes((event as CloseEvent).code) ? 'refused' : 'offline'),
    // A laptop that slept keeps a dead socket open: no answer to a ping within 5 s ends it.
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
  fetchOptions: () => ({ headers: accessHeaders() }),
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables = {} }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink as never) }),
      }),
    }),
  ],
})

export interface Issue {
  readonly path: string
  readonly message: string
}

/** What the server says is wrong, part by part, where it says so. */
export function issuesOf(error: CombinedError | undefined): readonly Issue[] {
  return error?.graphQLErrors.flatMap(({ extensions }) => (extensions.issues as Issue[] | undefined) ?? []) ?? []
}

export function isRefusal(error: CombinedError | undefined): boolean {
  const codes = error?.graphQLErrors.map(({ extensions }) => extensions.code) ?? []
  return codes.includes('UNAUTHENTICATED') || codes.includes('FORBIDDEN')
}

/** In words for an operator; urql's own begin with the part that failed. */
export function sayError(error: CombinedError): string {
  if (error.networkError) return 'The server cannot be reached.'
  return error.graphQLErrors.map(({ message }) => message).join('; ')
}

/** From a quarter of a second up to 3 s, not all pages at once, and at once when the network is back. */
function untilWorthTrying(retries: number): Promise<void> {
  const ms = Math.min(250 * 2 ** retries, 3_000) * (0.75 + Math.random() / 2)
  return new Promise((resolve) => {
    if (navigator.onLine) setTimeout(resolve, ms)
    addEventListener('online', () => resolve(), { once: true })
  })
}
