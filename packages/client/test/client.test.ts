import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Harness, startHarness } from '../../../test/support/server-harness.ts'
import { Pickstream, type PickstreamOptions, type QueuedEvent } from '../src/index.ts'
import { storageWith } from './storage.ts'

const hourMs = 3_600_000

/** Answers as the server does, by its own clock; `showsDate`: whether pages may read the Date header. */
function aServer({ aheadMs, showsDate }: { aheadMs: number; showsDate: boolean }) {
  const taken: QueuedEvent[] = []
  let requests = 0
  const now = () => Date.now() - aheadMs
  const post = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    requests++
    const { events } = (JSON.parse(String(init?.body)) as { variables: { events: QueuedEvent[] } }).variables
    const issues = events.flatMap(({ timestamp, itemId }, n) => [
      ...(typeof timestamp === 'string' && Date.parse(timestamp) > now() + 300_000
        ? [{ path: `events[${n}].timestamp`, message: 'expected at most 5 minutes in the future' }]
        : []),
      ...(itemId === '' ? [{ path: `events[${n}].itemId`, message: 'expected 1..256 bytes' }] : []),
    ])
    const headers = new Headers(showsDate ? { date: new Date(now()).toUTCString() } : {})
    if (issues.length > 0) {
      const errors = [{ message: 'refused', extensions: { code: 'BAD_USER_INPUT', retriable: false, issues } }]
      return new Response(JSON.stringify({ errors }), { headers, status: 400 })
    }
    taken.push(...events)
    return new Response(JSON.stringify({ data: { recordEvents: { token: 't' } } }), { headers })
  }
  return { taken, now, post: post as typeof fetch, requests: () => requests }
}

const open = (post: typeof fetch, more: Partial<PickstreamOptions> = {}) =>
  new Pickstream({ url: 'http://127.0.0.1:9/graphql', webSocket: WebSocket, fetch: post, ...more })
const unreachable = (() => Promise.reject(new Error('no network'))) as typeof fetch
const anEvent = (itemId = 'tent') => ({ userId: 'ann', itemId, type: 'VIEW' as const })

describe("a visitor's clock that is wrong", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-05-01T12:00:00Z') })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test.each([hourMs, 400 * 24 * hourMs, -hourMs])(
    'by %d ms: events arrive with their time by the server',
    async (aheadMs) => {
      const { taken, now, post } = aServer({ aheadMs, showsDate: true })
      const rejected: string[] = []
      const shopper = open(post, { onRejected: (_: QueuedEvent, reason: string) => rejected.push(reason) })
      shopper.record(anEvent('first'))
      await shopper.flush()
      shopper.record(anEvent('second'))
      await shopper.flush()
      shopper.close()
      expect([taken.map(({ itemId }) => itemId), rejected]).toEqual([['first', 'second'], []])
      expect(Math.abs(Date.parse(taken[1]!.timestamp!) - now())).toBeLessThan(30_000)
      if (aheadMs > 0) expect(Math.abs(Date.parse(taken[0]!.timestamp!) - now())).toBeLessThan(30_000)
    },
  )

  test('where the Date header cannot be read: events arrive without a time, once each', async () => {
    const { taken, post, requests } = aServer({ aheadMs: hourMs, showsDate: false })
    const shopper = open(post)
    for (const itemId of ['a', 'b', 'c']) shopper.record(anEvent(itemId))
    await shopper.flush()
    shopper.close()
    expect(taken.map(({ itemId, timestamp }) => [itemId, timestamp])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', undefined],
    ])
    expect(requests()).toBe(2)
  })

  test('an event that is wrong in itself is rejected; the others of its batch arrive', async () => {
    const { taken, post } = aServer({ aheadMs: hourMs, showsDate: true })
    const rejected: string[] = []
    const shopper = open(post, { onRejected: ({ itemId }: QueuedEvent) => rejected.push(itemId) })
    for (const itemId of ['a', '', 'c']) shopper.record(anEvent(itemId))
    await shopper.flush()
    shopper.close()
    expect([taken.map(({ itemId }) => itemId), rejected]).toEqual([['a', 'c'], ['']])
  })

  test('a clock that agrees is believed: what was done while offline keeps its time', async () => {
    const { taken, post } = aServer({ aheadMs: 0, showsDate: true })
    const before = new Date(Date.now() - hourMs).toISOString()
    const stored = JSON.stringify([{ ...anEvent(), eventId: 'e', timestamp: before }])
    const shopper = open(post, { storage: storageWith({ 'pickstream.queue http://127.0.0.1:9/graphql gone': stored }) })
    await shopper.flush()
    shopper.record(anEvent())
    await shopper.flush()
    shopper.close()
    expect(taken[0]!.timestamp).toBe(before)
    expect(taken[1]!.timestamp).toBe(new Date().toISOString())
  })
})

describe("a visitor's clock that is ahead of the server itself", () => {
  let harness: Harness
  beforeAll(async () => {
    const clock = {
      now: () => Date.now() - hourMs,
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    }
    harness = await startHarness({ clock, env: { PICKSTREAM_CORS_ORIGINS: 'https://shop.example' } })
  })
  afterAll(() => harness.close())

  test('the event is in the log, though the Date header was of no help', async () => {
    const rejected: string[] = []
    const shopper = open(fetch, {
      url: harness.url,
      onRejected: (_: QueuedEvent, why: string) => rejected.push(why),
    })
    const eventId = shopper.record(anEvent())
    await shopper.flush()
    shopper.close()
    expect(rejected).toEqual([])
    const again = await harness.ask('mutation ($e: [EventInput!]!) { recordEvents(events: $e) { accepted } }', {
      e: [{ ...anEvent(), eventId }],
    })
    expect(again.data).toEqual({ recordEvents: { accepted: 1 } })
  })

  test('pages of other origins may read the Date header', async () => {
    const response = await harness.post({ query: '{ __typename }' }, { origin: 'https://shop.example' })
    expect(response.headers.get('access-control-expose-headers')).toContain('date')
    expect(Date.parse(response.headers.get('date')!)).not.toBeNaN()
  })
})

describe('a server whose data was restored', () => {
  test('does not make later reads fail: what it may have lost is no longer waited for', async () => {
    const asked: unknown[] = []
    const lost = { code: 'PICKS_NOT_FRESH', retriable: false, recommendations: {} }
    const late = { code: 'PICKS_NOT_FRESH', retriable: true, recommendations: {} }
    const answers = [
      { errors: [{ message: 'too late', extensions: late }] },
      { errors: [{ message: 'of another timeline', extensions: lost }] },
      { data: { recommendations: { picks: [] } } },
    ]
    const post = async (_url: unknown, init?: RequestInit): Promise<Response> => {
      const { variables } = JSON.parse(String(init?.body)) as { variables: { events?: unknown; after?: string } }
      if (variables.events) return new Response(JSON.stringify({ data: { recordEvents: { token: 'old' } } }))
      asked.push(variables.after)
      return new Response(JSON.stringify(answers.shift()))
    }
    const shopper = open(post as typeof fetch)
    shopper.record(anEvent())
    await expect(shopper.recommendations('ann')).rejects.toMatchObject({ message: 'too late' })
    await expect(shopper.recommendations('ann')).rejects.toMatchObject({ retriable: false })
    await expect(shopper.recommendations('ann')).resolves.toEqual({ picks: [] })
    shopper.close()
    expect(asked).toEqual(['old', 'old', undefined])
  })
})

describe('connections', () => {
  beforeAll(() => import('../src/sse-client.ts')) // loading it takes real time
  beforeEach(() => {
    vi.useFakeTimers()
    sockets.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  test('one that does not answer a ping is given up for a new one', async () => {
    const shopper = open(unreachable, { webSocket: SilentSocket })
    const stop = shopper.watch('ann', () => {})
    await vi.advanceTimersByTimeAsync(9_000)
    expect(sockets).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(8_000)
    expect(sockets.length).toBeGreaterThan(1)
    expect(sockets[0]!.sent).toContain('{"type":"ping"}')
    stop()
    shopper.close()
  })

  test('those of many pages come back at different times', async () => {
    let drawn = 0
    vi.spyOn(Math, 'random').mockImplementation(() => (drawn++ % 20) / 20)
    const pages = Array.from({ length: 20 }, () => open(unreachable, { webSocket: DeadSocket }))
    for (const page of pages) page.watch('ann', () => {})
    await vi.advanceTimersByTimeAsync(100)
    expect(sockets).toHaveLength(pages.length)
    const atOnce: number[] = []
    for (let ms = 0; ms < 150; ms++) {
      const before = sockets.length
      await vi.advanceTimersByTimeAsync(1)
      atOnce.push(sockets.length - before)
    }
    expect(sockets).toHaveLength(2 * pages.length)
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(2)
    for (const page of pages) page.close()
  })
})

const sockets: SilentSocket[] = []

/** Lets clients in and then says nothing any more. */
class SilentSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readyState: number = SilentSocket.CONNECTING
  readonly sent: string[] = []
  onopen?: () => void
  onclose?: (event: { code: number; reason: string; wasClean: boolean }) => void
  onerror?: (error: unknown) => void
  onmessage?: (message: { data: string }) => void

  constructor() {
    sockets.push(this)
    queueMicrotask(() => {
      this.readyState = SilentSocket.OPEN
      this.onopen?.()
    })
  }

  send(text: string) {
    this.sent.push(text)
    if (text.includes('connection_init')) queueMicrotask(() => this.onmessage?.({ data: '{"type":"connection_ack"}' }))
  }

  close(code = 1000, reason = '') {
    this.readyState = SilentSocket.CLOSED
    this.onclose?.({ code, reason, wasClean: false })
  }
}

/** Never opens. */
class DeadSocket extends SilentSocket {
  constructor() {
    super()
    queueMicrotask(() => this.close(1006))
  }
}
