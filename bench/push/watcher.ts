import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { ask, recordMutation, toInput } from '../harness/product.ts'
import type { Shop } from '../harness/shop.ts'

const subscription = `subscription ($userId: ID!) {
  recommendationsUpdated(userId: $userId, first: 20) {
    revision causedByEventId
    picks { rank score item { id title price } reason { __typename ... on BecauseOfItem { item { id title } } ... on MatchesTaste { categories } } }
  }
}`

/** A page that is open, and its visitor. */
export interface Watcher {
  /** Sends one event and resolves with the ms from the request's start until its list is on the socket. */
  push(): Promise<number>
  close(): Promise<void>
}

/** The first event waits until the stages have caught up. */
const answerMsMax = 120_000

export async function openWatcher(url: string, shop: Shop, userId: string): Promise<Watcher> {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false })
  const arrivals = new Map<string, () => void>()
  let sawFirst!: () => void
  const first = new Promise<void>((resolve) => {
    sawFirst = resolve
  })
  client.subscribe<{ recommendationsUpdated: { causedByEventId: string | null } }>(
    { query: subscription, variables: { userId } },
    {
      next({ data }) {
        sawFirst()
        arrivals.get(data?.recommendationsUpdated.causedByEventId ?? '')?.()
      },
      error() {},
      complete() {},
    },
  )
  await first
  let count = 0
  return {
    async push() {
      const [template] = shop.events(1, Date.now())
      const event = { ...template!, userId, eventId: `push-${userId}-${count++}` }
      const arrived = new Promise<void>((resolve, reject) => {
        const overdue = setTimeout(() => reject(new Error(`no list after ${answerMsMax} ms`)), answerMsMax)
        arrivals.set(event.eventId, () => {
          clearTimeout(overdue)
          resolve()
        })
      })
      const begun = performance.now()
      await ask(url, recordMutation, { events: [toInput(event)] })
      await arrived
      arrivals.delete(event.eventId)
      return performance.now() - begun
    },
    close: async () => client.dispose(),
  }
}
