import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Findings } from '../findings.ts'

const subscription = `subscription ($userId: ID!, $since: String) {
  recommendationsUpdated(userId: $userId, first: 10, sinceRevision: $since) { revision causedByEventId picks { item { id } } }
}`

interface Pushed {
  readonly recommendationsUpdated: { readonly revision: string; readonly causedByEventId: string | null }
}

const perSocket = 10
const keepAliveMs = 2_000
const pongMsMax = 4_000
const againMs = 200

/** Newest revision that any client has been shown, by user. It may never be followed by an older one. */
export class Revisions {
  private readonly newest = new Map<string, string>()

  constructor(private readonly findings: Findings) {}

  /** The newest that had been seen before a question was asked. */
  of(userId: string): string {
    return this.newest.get(userId) ?? ''
  }

  saw(userId: string, revision: string, notBefore: string, how: string): void {
    if (revision < notBefore) {
      this.findings.add('stale', `${how}: the list of ${userId} went from ${notBefore} to ${revision}`)
    }
    if (revision > this.of(userId)) this.newest.set(userId, revision)
  }
}

/** Pages that are open: each reconnects for ever, every other one says what it has seen. */
export class Watchers {
  readonly newest = new Map<string, string>()
  private readonly ending = new AbortController()
  private readonly sockets: { dispose(): void | Promise<void> }[] = []

  constructor(url: string, users: readonly string[], revisions: Revisions) {
    for (let from = 0; from < users.length; from += perSocket) {
      const client = openSocket(url)
      this.sockets.push(client)
      users.slice(from, from + perSocket).forEach((userId, n) => {
        void this.watch(client, userId, n % 2 === 0, revisions)
      })
    }
  }

  async close(): Promise<void> {
    this.ending.abort()
    for (const socket of this.sockets) await socket.dispose()
  }

  private async watch(client: ReturnType<typeof createClient>, userId: string, tells: boolean, revisions: Revisions) {
    const { signal } = this.ending
    while (!signal.aborted) {
      const since = tells ? this.newest.get(userId) : undefined
      try {
        for await (const { data } of client.iterate<Pushed>({ query: subscription, variables: { userId, since } })) {
          if (!data) break
          const { revision } = data.recommendationsUpdated
          revisions.saw(userId, revision, this.newest.get(userId) ?? '', 'pushed')
          this.newest.set(userId, revision)
          if (signal.aborted) return
        }
      } catch {
        // the connection was lost, or the server ends: the page connects again
      }
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  }
}

/** A client that notices a server that says nothing any more. */
function openSocket(url: string) {
  let overdue: NodeJS.Timeout | undefined
  let socket: WebSocket | undefined
  return createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    keepAlive: keepAliveMs,
    retryAttempts: 0,
    on: {
      opened: (opened) => {
        socket = opened as WebSocket
      },
      ping: (received) => {
        if (!received) overdue = setTimeout(() => socket?.terminate(), pongMsMax)
      },
      pong: (received) => {
        if (received) clearTimeout(overdue)
      },
      closed: () => clearTimeout(overdue),
    },
  })
}
