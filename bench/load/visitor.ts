import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { percentile } from '../harness/figure.ts'
import { ask, recordMutation } from '../harness/product.ts'

const subscription = `subscription ($userId: ID!) {
  recommendationsUpdated(userId: $userId, first: 20) { revision causedByEventId picks { item { id } } }
}`

const userId = 'visitor'
const clickEveryMs = 300
/** A click without a list after this time counts as this time. */
const answerMsMax = 120_000

export interface Phase {
  readonly clicks: number
  /** Clicks that a list followed which was made for a later click: no list of their own. */
  readonly conflated: number
  /** From the start of the mutation to the first list that has seen the click, ms. */
  readonly p50: number
  readonly p99: number
}

interface Click {
  readonly begun: number
  ms: number | undefined
  conflated: boolean
}

/** A page that is open, and its visitor: clicks every 300 ms, whether or not the last click's list has come. */
export class Visitor {
  private readonly clicks: Click[] = []
  private sent = 0
  private answered = 0

  private constructor(
    private readonly url: string,
    private readonly itemIds: readonly string[],
    private readonly dispose: () => void,
  ) {}

  /** Resolves once the first list is on the page. */
  static async open(url: string, itemIds: readonly string[]): Promise<Visitor> {
    const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false })
    const visitor = new Visitor(url, itemIds, () => void client.dispose())
    await new Promise<void>((resolve, reject) => {
      client.subscribe<{ recommendationsUpdated: { causedByEventId: string | null } }>(
        { query: subscription, variables: { userId } },
        {
          next: ({ data }) => {
            resolve()
            visitor.take(data?.recommendationsUpdated.causedByEventId ?? '')
          },
          error: reject,
          complete: () => {},
        },
      )
    })
    return visitor
  }

  /** Clicks until `done` resolves, then waits for the lists of the last clicks. */
  async clickUntil(done: Promise<unknown>): Promise<Phase> {
    const from = this.sent
    let running = true
    void done.finally(() => {
      running = false
    })
    const sending: Promise<unknown>[] = []
    for (let due = performance.now(); running; due += clickEveryMs) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
      sending.push(this.click())
    }
    await Promise.all(sending)
    const clicks = this.clicks.slice(from)
    for (const until = performance.now() + answerMsMax; clicks.some(({ ms }) => ms === undefined); ) {
      if (performance.now() > until) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const times = clicks.map(({ ms }) => ms ?? answerMsMax)
    return {
      clicks: clicks.length,
      conflated: clicks.filter(({ conflated }) => conflated).length,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
    }
  }

  close(): void {
    this.dispose()
  }

  private click(): Promise<unknown> {
    const n = this.sent++
    this.clicks.push({ begun: performance.now(), ms: undefined, conflated: false })
    const itemId = this.itemIds[(n * 7919) % this.itemIds.length]!
    const timestamp = new Date().toISOString()
    const event = { eventId: `visit-${n}`, userId, itemId, type: 'CLICK', timestamp }
    return ask(this.url, recordMutation, { events: [event] })
  }

  /** The list has seen this click and every one before it. */
  private take(causedByEventId: string): void {
    if (!causedByEventId.startsWith('visit-')) return
    const newest = Number(causedByEventId.slice('visit-'.length))
    for (; this.answered <= newest; this.answered++) {
      const click = this.clicks[this.answered]!
      click.ms = performance.now() - click.begun
      click.conflated = this.answered < newest
    }
  }
}
