import { type Client, createClient } from 'graphql-ws'
import { useCallback, useEffect, useState } from 'react'

/** Three hooks to copy; they need react and graphql-ws. One client, one socket, for the whole page. */
export function createPickstreamClient(url: string): Client {
  let silence: ReturnType<typeof setTimeout> | undefined
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true, // after pauses that grow and are random, as graphql-ws makes them
    keepAlive: 10_000,
    on: {
      ping: (isReceived) => {
        if (!isReceived) silence = setTimeout(() => client.terminate(), pongMsMax)
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(silence)
      },
      closed: () => clearTimeout(silence),
    },
  })
  return client
}

/** A connection that has not answered a ping for so long is dead, though its socket may stay open. */
const pongMsMax = 5_000

export interface LiveList {
  readonly revision: string
  readonly picks: readonly { readonly rank: number; readonly item: { readonly id: string; readonly title: string } }[]
}

const listFields = 'revision picks { rank item { id title } }'

/** The visitor's list, live: undefined until the first has come. */
export function useRecommendations(client: Client, userId: string, first = 10): LiveList | undefined {
  const [list, setList] = useState<LiveList>()
  useEffect(() => {
    setList(undefined)
    const query = `subscription($userId: ID!, $first: Int) {
      recommendationsUpdated(userId: $userId, first: $first) { ${listFields} } }`
    return client.subscribe<{ recommendationsUpdated: LiveList }>(
      { query, variables: { userId, first } },
      {
        // After a reconnect the first list may be one we have: revisions compare as strings, newer is greater.
        next: ({ data }) =>
          setList((now) => {
            const next = data?.recommendationsUpdated
            return next && (!now || next.revision > now.revision) ? next : now
          }),
        error: (error) => console.error('recommendations', error),
        complete: () => {},
      },
    )
  }, [client, userId, first])
  return list
}

/** A function that tells what the visitor did. It resolves when the event is durable and may be called again on failure. */
export function useRecord(url: string, userId: string) {
  return useCallback(
    async (itemId: string, type: string, eventId: string = crypto.randomUUID()) => {
      const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
      const variables = { events: [{ eventId, userId, itemId, type }] }
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      const { errors } = (await response.json()) as { errors?: { message: string }[] }
      if (errors) throw new Error(errors[0]?.message)
      return eventId
    },
    [url, userId],
  )
}

/** Holds a list back while `held` (the pointer is over it), so that nothing moves under the visitor's hand. */
export function useHeld<T>(newest: T, held: boolean): { readonly shown: T; readonly waiting: boolean } {
  const [kept, setKept] = useState(newest)
  if (!held && kept !== newest) setKept(() => newest)
  const shown = held ? kept : newest
  return { shown, waiting: shown !== newest }
}
