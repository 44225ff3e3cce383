import type { Client, CombinedError } from 'urql'
import { type EventInput, RecordDocument } from './generated/graphql.ts'

export type Outgoing = EventInput & { readonly eventId: string }

const batchMax = 100
const lazyMs = 1_000
/** Half of it at least: pages that lost the server do not all come back at once. */
const retryMsMax = 3_000

export interface Outbox {
  /** Sends soon; keeps what could not be sent. `lazy` events wait for company. */
  add(events: readonly Outgoing[], options?: { lazy: boolean }): void
  /** @returns whether nothing is left to send */
  flush(): Promise<boolean>
}

/**
 * What happened and is not yet on the server. Every event has an id of its own, so sending it once more after an answer that was lost
 * counts nothing twice. Kept per tab: it survives a reload, and no two tabs send the same.
 */
export function createOutbox(client: Client, storage: Storage): Outbox {
  const key = 'marigold.outbox'
  let queue: Outgoing[] = JSON.parse(storage.getItem(key) ?? '[]')
  let sending: Promise<boolean> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const keep = (next: Outgoing[]) => {
    queue = next
    storage.setItem(key, JSON.stringify(queue))
  }

  const sendAll = async (): Promise<boolean> => {
    try {
      while (queue.length > 0) {
        const batch = queue.slice(0, batchMax)
        const { error } = await client.mutation(RecordDocument, { events: batch })
        if (error !== undefined && mayWorkLater(error)) {
          flushIn(retryMsMax * (0.5 + Math.random() / 2))
          return false
        }
        if (error !== undefined) console.warn('events were refused:', error.message)
        keep(queue.filter((event) => !batch.includes(event)))
      }
      return true
    } finally {
      sending = undefined
    }
  }

  const flush = (): Promise<boolean> => {
    clearTimeout(timer)
    timer = undefined
    if (queue.length === 0) return Promise.resolve(true)
    sending ??= sendAll()
    return sending
  }

  const flushIn = (ms: number) => {
    timer ??= setTimeout(flush, ms)
  }

  addEventListener('online', flush)
  if (queue.length > 0) void flush()

  return {
    flush,
    add(events, { lazy } = { lazy: false }) {
      keep([...queue, ...events])
      if (lazy) flushIn(lazyMs)
      else void flush()
    },
  }
}

function mayWorkLater({ networkError, graphQLErrors }: CombinedError): boolean {
  return networkError !== undefined || graphQLErrors.some(({ extensions }) => extensions.retriable === true)
}
