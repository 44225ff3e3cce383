import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type CacheClient, type CachedList, type CachedPage, documents } from './cache-client.ts'

/** Apollo Client with its InMemoryCache as it comes, without type policies. */
export function openApollo(url: string): CacheClient {
  const page: TypedDocumentNode<CachedPage> = gql(documents.page)
  const updated: TypedDocumentNode<{ recommendationsUpdated: CachedList }> = gql(documents.watch)
  const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket })
  const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === OperationTypeNode.SUBSCRIPTION
  const cache = new InMemoryCache()
  const client = new ApolloClient({
    cache,
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(socket), new HttpLink({ uri: url })),
  })
  return {
    async load() {
      await client.query({ query: page, fetchPolicy: 'network-only' })
      return cache.readQuery({ query: page })!
    },
    read: () => cache.readQuery({ query: page })!,
    watch(onList) {
      client.subscribe({ query: updated }).subscribe(({ data }) => data && onList(data.recommendationsUpdated))
    },
    async close() {
      await socket.dispose()
      client.stop()
    },
  }
}
