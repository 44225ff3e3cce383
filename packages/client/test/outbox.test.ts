import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Pickstream, type PickstreamOptions } from '../src/index.ts'
import { storageWith } from './storage.ts'

const url = 'http://127.0.0.1:9/graphql'
const view = (itemId: string, userId = 'ann') => ({ userId, itemId, type: 'VIEW' as const })

type Reply = () => Response
const accepted: Reply = () => Response.json({ data: { recordEvents: { token: 't' } } })
const failing = (code: string, more: object = {}, init: ResponseInit = { status: 400 }): Reply => {
  const extensions = { code, retriable: code === 'UNAVAILABLE' || code === 'RATE_LIMITED', ...more }
  return () => Response.json({ errors: [{ message: code, extensions }] }, init)
}
const unreachable: Reply = () => {
  throw new TypeError('no network')
}

/** Answers as it is told, then accepts everything. */
let replies: (Reply | ((itemIds: readonly string[]) => Response))[]
let sent: string[][]
let ids: string[][]
let rejected: [string, string][]
const clients: Pickstream[] = []

function open(more: Partial<PickstreamOptions> = {}): Pickstream {
  const post = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const { events } = JSON.parse(String(init?.body)).variables as { events: { itemId: string; eventId: string }[] }
    sent.push(events.map(({ itemId }) => itemId))
    ids.push(events.map(({ eventId }) => eventId))
    return (replies.shift() ?? accepted)(events.map(({ itemId }) => itemId))
  }
  const client = new Pickstream({
    url,
    fetch: post as typeof fetch,
    onRejected: ({ itemId }, reason) => rejected.push([itemId, reason]),
    ...more,
  })
  clients.push(client)
  return client
}

beforeEach(() => {
  vi.useFakeTimers()
  replies = []
  sent = []
  ids = []
  rejected = []
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('events are sent', () => {
  test('together when recorded together, and none before the time is over', async () => {
    const client = open()
    client.record(view('a'))
    client.record(view('b'))
    await vi.advanceTimersByTimeAsync(19)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toEqual([['a', 'b']])
    expect(client.pending).toBe(0)
  })

  test('again with the same ids, together with what came in between', async () => {
    replies = [unreachable, unreachable]
    const client = open()
    client.record(view('a'))
    await vi.advanceTimersByTimeAsync(25)
    client.record(view('b'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toEqual([['a'], ['a', 'b'], ['a', 'b']])
    expect(ids[2]).toEqual([ids[0]![0], ids[1]![1]])
  })

  test('in batches of at most 200, in their order', async () => {
    const client = open()
    for (let n = 0; n < 450; n++) client.record(view(String(n)))
    await client.flush()
    expect(sent.map(({ length }) => length)).toEqual([200, 200, 50])
    expect(sent.flat()).toEqual(Array.from({ length: 450 }, (_, n) => String(n)))
  })

  test('impressions wait for other events, and go with the next', async () => {
    const client = open()
    client.recordImpressions('ann', 'list-1', ['x', 'y'])
    await vi.advanceTimersByTimeAsync(500)
    expect(sent).toEqual([])
    client.record(view('a'))
    await vi.advanceTimersByTimeAsync(20)
    expect(sent).toEqual([['x', 'y', 'a']])
  })

  test('impressions have the same id for the same item of the same list', () => {
    const client = open()
    const first = client.recordImpressions('ann', 'list-1', [{ itemId: 'x', position: 3 }, 'y'])
    expect(client.recordImpressions('ann', 'list-1', ['x', 'y'])).toEqual(first)
    expect(client.recordImpressions('ann', 'list-2', ['x', 'y'])).not.toEqual(first)
    expect(client.recordImpressions('ann', 'l'.repeat(200), ['x'.repeat(100)])[0]).toHaveLength(32)
  })

  test('at once when the page is hidden: it may never be seen again', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    vi.stubGlobal('document', page)
    const client = open({ storage: null })
    client.recordImpressions('ann', 'list-1', ['x'])
    page.visibilityState = 'hidden'
    page.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toEqual([['x']])
  })

  test('no sooner than the server asks', async () => {
    replies = [failing('RATE_LIMITED', {}, { status: 429, headers: { 'retry-after': '7' } })]
    open().record(view('a'))
    await vi.advanceTimersByTimeAsync(6_900)
    expect(sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(sent).toEqual([['a'], ['a']])
  })

  test('as soon as the browser is online again', async () => {
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    replies = Array.from({ length: 100 }, () => unreachable)
    open().record(view('a'))
    await vi.advanceTimersByTimeAsync(20_000)
    const before = sent.length
    page.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toHaveLength(before + 1)
  })

  test.each([
    ['UNAUTHENTICATED', { status: 401 }],
    ['UNAVAILABLE', { status: 503 }],
  ])('again after %s: nothing is lost to it', async (code, init) => {
    replies = [failing(code, {}, init)]
    open().record(view('a'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect([sent.length, rejected]).toEqual([2, []])
  })

  test("again after a proxy's own error page", async () => {
    replies = [() => new Response('<h1>Bad gateway</h1>', { status: 502 })]
    open().record(view('a'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect([sent.length, rejected]).toEqual([2, []])
  })

  test('again after an answer that does not come', async () => {
    const never = ((_: unknown, { signal }: RequestInit) =>
      new Promise((_resolve, reject) =>
        signal!.addEventListener('abort', () => reject(signal!.reason)),
      )) as typeof fetch
    let requests = 0
    const client = open({
      fetch: (...args) => (requests++ === 0 ? never(...args) : Promise.resolve(accepted())),
    })
    client.record(view('a'))
    await vi.advanceTimersByTimeAsync(11_000)
    expect([requests, client.pending]).toEqual([2, 0])
  })
})

describe('refused events', () => {
  test('one that the server names is rejected alone', async () => {
    const issues = [{ path: 'events[1].value', message: 'expected 0..5 stars' }]
    replies = [failing('BAD_USER_INPUT', { issues })]
    const client = open()
    for (const itemId of ['a', 'b', 'c']) client.record(view(itemId))
    await client.flush()
    expect(rejected).toEqual([['b', 'expected 0..5 stars']])
    expect(sent.at(-1)).toEqual(['a', 'c'])
  })

  test('one that the server does not name is found by halves', async () => {
    const judge = (itemIds: readonly string[]) => (itemIds.includes('bad') ? failing('FORBIDDEN')() : accepted())
    replies = Array.from({ length: 20 }, () => judge)
    const client = open()
    for (let n = 0; n < 16; n++) client.record(view(n === 11 ? 'bad' : String(n)))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(rejected).toEqual([['bad', 'FORBIDDEN']])
    expect(client.pending).toBe(0)
    expect(new Set(sent.flat()).size).toBe(16)
  })

  test('all are rejected at once where the request itself is refused', async () => {
    replies = [failing('GRAPHQL_VALIDATION_FAILED')]
    const client = open()
    for (const itemId of ['a', 'b']) client.record(view(itemId))
    await client.flush()
    expect([sent.length, rejected.length]).toEqual([1, 2])
  })

  test('are dropped although `onRejected` throws, and what follows is sent', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
    const fault = new Error('a fault of the page')
    const client = open({
      onRejected() {
        throw fault
      },
    })
    replies = [failing('BAD_USER_INPUT')]
    client.record(view('a'))
    await vi.advanceTimersByTimeAsync(1_000)
    client.record(view('b'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([sent, client.pending, reported.mock.calls]).toEqual([[['a'], ['b']], 0, [[expect.any(String), fault]]])
    reported.mockRestore()
  })

  test('one that JSON cannot hold is rejected by itself: the others are sent, and kept over a reload', async () => {
    const storage = storageWith({})
    const client = open({ storage })
    const loop: { self?: object } = {}
    loop.self = loop
    for (const itemId of [12n, loop, 'a']) client.record(view(itemId as string))
    expect([client.pending, storage.length]).toEqual([1, 1])
    expect(rejected).toEqual([
      [12n, expect.stringMatching(/^expected values that JSON can hold: TypeError: .*BigInt/)],
      [loop, expect.stringMatching(/^expected values that JSON can hold: TypeError: .*circular/)],
    ])
    await vi.advanceTimersByTimeAsync(1_000)
    expect([sent, client.pending]).toEqual([[['a']], 0])
  })

  test('the queue holds 2,000 events: the oldest that is not being sent makes room', async () => {
    replies = Array.from({ length: 100 }, () => unreachable)
    const client = open()
    for (let n = 0; n < 2_000; n++) client.record(view(String(n)))
    expect([client.pending, rejected]).toEqual([2_000, []])
    await vi.advanceTimersByTimeAsync(20)
    client.record(view('one more'))
    expect([client.pending, rejected]).toEqual([2_000, [['200', 'the queue holds at most 2000 events']]])
  })
})

describe('flush', () => {
  test('rejects when the server cannot be reached in time; the events stay queued', async () => {
    replies = Array.from({ length: 100 }, () => unreachable)
    const client = open()
    client.record(view('a'))
    const outcome = client.flush({ timeoutMs: 3_000 }).catch((error) => error)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await outcome).toMatchObject({ code: 'UNAVAILABLE', retriable: true })
    expect(client.pending).toBe(1)
  })

  test('of a call for a list ends with the signal of the call', async () => {
    replies = [unreachable, unreachable]
    const client = open()
    client.record(view('a'))
    const control = new AbortController()
    const call = client.recommendations('ann', { signal: control.signal })
    const outcome = expect(call).rejects.toThrow('no longer needed')
    await vi.advanceTimersByTimeAsync(100)
    control.abort(new Error('no longer needed'))
    await outcome
  })

  test('waits for an event that goes again without its time', async () => {
    replies = [failing('BAD_USER_INPUT', { issues: [{ path: 'events[0].timestamp', message: 'in the future' }] })]
    const client = open()
    client.record(view('a'))
    await client.flush()
    expect([sent.length, client.pending, rejected]).toEqual([2, 0, []])
  })

  test('an event recorded right after it is sent too', async () => {
    const client = open()
    for (const itemId of ['a', 'b', 'c']) {
      client.record(view(itemId))
      await client.flush()
    }
    expect(sent).toEqual([['a'], ['b'], ['c']])
  })
})

describe('what is kept over a reload', () => {
  test('is sent under the same ids, and then kept no more', async () => {
    const storage = storageWith()
    replies = [unreachable]
    const page = open({ storage })
    const eventId = page.record(view('a'))
    await vi.advanceTimersByTimeAsync(25)
    page.close()
    open({ storage })
    await vi.advanceTimersByTimeAsync(25)
    expect(ids.at(-1)).toEqual([eventId])
    expect(storage.length).toBe(0)
  })

  test('two tabs overwrite nothing of each other', async () => {
    const storage = storageWith()
    replies = Array.from({ length: 4 }, () => unreachable)
    const [one, other] = [open({ storage }), open({ storage })]
    one.record(view('a'))
    other.record(view('b'))
    await vi.advanceTimersByTimeAsync(25)
    one.close()
    other.close()
    sent = []
    open({ storage })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent.at(-1)!.toSorted()).toEqual(['a', 'b'])
  })

  test('is another server’s business no more than this one’s', async () => {
    const storage = storageWith({
      'pickstream.queue http://other.example/graphql 1': JSON.stringify([{ itemId: 'x' }]),
    })
    open({ storage })
    await vi.advanceTimersByTimeAsync(60_000)
    expect([sent, storage.length]).toEqual([[], 1])
  })

  test.each([
    ['not JSON', '{"'],
    ['another value', '7'],
  ])('may be %s: it is dropped', async (_, text) => {
    const client = open({ storage: storageWith({ [`pickstream.queue ${url} 1`]: text }) })
    client.record(view('a'))
    await client.flush()
    expect(sent).toEqual([['a']])
  })

  test('may be refused by a full storage: the events are sent all the same', async () => {
    const full = {
      ...storageWith(),
      length: 0,
      setItem: () => {
        throw new Error('QuotaExceededError')
      },
    }
    const client = open({ storage: full })
    client.record(view('a'))
    await client.flush()
    expect(sent).toEqual([['a']])
  })
})
