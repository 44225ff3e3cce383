import { createStore, forwardSubscription, Pickstream } from '@pickstream/client'
import { Client, type CombinedError, cacheExchange, fetchExchange, subscriptionExchange } from 'urql'
import { accessHeaders } from './access.ts'

const pickstream = new Pickstream({ url: '/graphql', headers: accessHeaders, storage: null })

/** State of the connection for pushed values; `refused`: the server requires an operator's key. */
export const connectionStore = createStore(pickstream.connection.get())
pickstream.connection.subscribe(() => connectionStore.set(pickstream.connection.get()))

export const client = new Client({
  url: new URL('/graphql', location.href).href,
  preferGetMethod: false,
  fetchOptions: () => ({ headers: accessHeaders() }),
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({ forwardSubscription: forwardSubscription(pickstream) }),
  ],
})

export interface Issue {
  readonly path: string
  readonly message: string
}

/** The invalid parts that the server names; empty if it names none. */
export function issuesOf(error: CombinedError | undefined): readonly Issue[] {
  return error?.graphQLErrors.flatMap(({ extensions }) => (extensions.issues as Issue[] | undefined) ?? []) ?? []
}

export function isRefusal(error: CombinedError | undefined): boolean {
  const codes = error?.graphQLErrors.map(({ extensions }) => extensions.code) ?? []
  return codes.includes('UNAUTHENTICATED') || codes.includes('FORBIDDEN')
}

/** Returns the message for an operator, without the prefix of urql. */
export function sayError(error: CombinedError): string {
  if (error.networkError) return 'The server cannot be reached.'
  return error.graphQLErrors.map(({ message }) => message).join('; ')
}
