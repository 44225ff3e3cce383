import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'

/** Queries and mutations over HTTP, subscriptions over one WebSocket that comes back by itself. */
export const createApollo = (url: string) =>
  new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes: { Reason: ['BecauseOfItem', 'PopularNow', 'MatchesTaste', 'NewArrival'] },
      typePolicies: {
        Recommendations: { keyFields: ['id'] }, // one list; a newer one has another id
        Pick: { keyFields: false }, // part of its list
      },
    }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(
        createClient({
          url: url.replace(/^http/, 'ws'),
          retryAttempts: Number.POSITIVE_INFINITY,
          shouldRetry: () => true,
        }),
      ),
      new HttpLink({ uri: url }),
    ),
  })
