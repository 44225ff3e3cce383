import { Pickstream } from '@pickstream/client'
import { Client, cacheExchange, type ExecutionResult, fetchExchange, subscriptionExchange } from 'urql'

/** Records events and watches lists. */
export const pickstream = new Pickstream({ url: '/graphql' })

/** The catalog's queries; subscriptions go over the connection of `pickstream`. */
export const client = new Client({
  url: new URL('/graphql', location.href).href,
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: pickstream.subscribe(() => ({ query, variables }), {
            next: (message) => sink.next(message as ExecutionResult),
            error: (error) => {
              sink.next({ errors: [error] })
              sink.complete()
            },
          }),
        }),
      }),
    }),
  ],
})
