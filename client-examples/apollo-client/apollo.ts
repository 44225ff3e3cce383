import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'

/** Queries and mutations over HTTP, subscriptions over one WebSocket that reconnects. */
export const createApollo = (url: string) =>
  new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes: { Reason: ['BecauseOfItem', 'PopularNow', 'MatchesTaste', 'NewArrival', 'ChosenByShop'] },
      typePolicies: {
        Recommendations: { keyFields: ['id'] }, // identifies one list: another filter, length or revision has another id
        Pick: { keyFields: false }, // part of its list
      },
    }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(
        createClient({
          url: url.replace(/^http/, 'ws'),
          retryAttempts: Number.POSITIVE_INFINITY,
          shouldRetry: () => true, // after pauses that grow and are random, as graphql-ws makes them
          keepAlive: 10_000,
        }),
      ),
      new HttpLink({ uri: url }),
    ),
  })
