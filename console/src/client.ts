import { createStore, forwardSubscription, Pickstream } from '@pickstream/client'
import { Client, type CombinedError, cacheExchange, fetchExchange, subscriptionExchange } from 'urql'
import { accessHeaders } from './access.ts'

const pickstream = new Pickstream({ url: '/graphql', headers: accessHeaders, storage: null })

/** Whether news can arrive; `refused`: this server wants an operator's key. */
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
