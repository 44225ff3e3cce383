import type { Pickstream } from './pickstream.ts'
import type { Message } from './transport.ts'

/** The part of an observer that receives results. */
interface ResultObserver {
  next(result: Message<Record<string, unknown>>): void
  complete(): void
}

/**
 * Lets another GraphQL client send its subscriptions over the connection of `pickstream`. Pass the returned function to
 * urql as `subscriptionExchange({ forwardSubscription })`. A subscription that the server rejects emits one result with
 * the error, and completes.
 */
export const forwardSubscription =
  (pickstream: Pick<Pickstream, 'subscribe'>) =>
  ({ query = '', variables }: { readonly query?: string | undefined; readonly variables?: object | undefined }) => ({
    subscribe: (observer: ResultObserver) => ({
      unsubscribe: pickstream.subscribe<Record<string, unknown>>(() => ({ query, ...(variables && { variables }) }), {
        next: (message) => observer.next(message),
        error: (error) => {
          observer.next({ errors: [error] })
          observer.complete()
        },
      }),
    }),
  })
