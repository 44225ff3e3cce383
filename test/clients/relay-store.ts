import { createClient } from 'graphql-ws'
import {
  createOperationDescriptor,
  Environment,
  fetchQuery,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
} from 'relay-runtime'
import { WebSocket } from 'ws'
import { type CacheClient, type CachedList, type CachedPage, documents } from './cache-client.ts'
import { type Compiled, compileRelay } from './compile-relay.ts'

let compiled: Compiled | undefined

/** Relay's environment, with documents that relay-compiler has compiled. */
export function openRelay(url: string): CacheClient {
  compiled ??= compileRelay(Object.values(documents))
  const { CachePage: page, CacheWatch: watch } = compiled
  const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket })
  const environment = new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(
      async ({ text }, variables) => {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) })
        return (await response.json()) as GraphQLResponse
      },
      ({ text }, variables) =>
        Observable.create((sink) =>
          socket.subscribe({ query: text!, variables }, sink as Parameters<typeof socket.subscribe>[1]),
        ),
    ),
  })
  const operation = createOperationDescriptor(page!, {})
  const retained = environment.retain(operation)
  const read = () => environment.lookup(operation.fragment).data as unknown as CachedPage
  return {
    async load() {
      await fetchQuery(environment, page!, {}, { networkCacheConfig: { force: true } }).toPromise()
      return read()
    },
    read,
    watch(onList) {
      requestSubscription(environment, {
        subscription: watch!,
        variables: {},
        onNext: (data) => onList((data as { recommendationsUpdated: CachedList }).recommendationsUpdated),
      })
    },
    async close() {
      retained.dispose()
      await socket.dispose()
    },
  }
}
