import { readFileSync } from 'node:fs'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type CacheClient, type CachedList, type CachedPage, documents } from './cache-client.ts'

/** urql with Graphcache, which knows the schema. */
export function openGraphcache(url: string): CacheClient {
  const introspection = introspectionFromSchema(buildSchema(readFileSync('schema/schema.graphql', 'utf8')))
  const schema = introspection as unknown as NonNullable<Parameters<typeof cacheExchange>[0]>['schema']
  const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket })
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ schema, keys: { Pick: () => null } }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query, variables }, sink as Parameters<typeof socket.subscribe>[1]),
          }),
        }),
      }),
    ],
  })
  return {
    async load() {
      await client.query<CachedPage>(documents.page, {}, { requestPolicy: 'network-only' }).toPromise()
      return this.read()
    },
    read: () => client.readQuery<CachedPage>(documents.page, {}, { requestPolicy: 'cache-only' })!.data!,
    watch(onList) {
      client
        .subscription<{ recommendationsUpdated: CachedList }>(documents.watch, {})
        .subscribe(({ data }) => data && onList(data.recommendationsUpdated))
    },
    async close() {
      await socket.dispose()
    },
  }
}
