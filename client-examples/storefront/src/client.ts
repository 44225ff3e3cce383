import { forwardSubscription, Pickstream } from '@pickstream/client'
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from 'urql'

/** Records events and watches lists. */
export const pickstream = new Pickstream({ url: '/graphql' })

/** The catalog's queries; subscriptions go over the connection of `pickstream`. */
export const client = new Client({
  url: new URL('/graphql', location.href).href,
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({ forwardSubscription: forwardSubscription(pickstream) }),
  ],
})
