import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { aList, ranked } from '../../../test/support/builders.ts'
import { type Proxy as RunningProxy, startUpgradeRefusingProxy } from '../../../test/support/proxies.ts'
import { type Harness, startHarness } from '../../../test/support/server-harness.ts'
import { eventually } from '../../../test/support/start-process.ts'
import { Pickstream, type PickstreamError, type PickstreamOptions, type RecommendationList } from '../src/index.ts'

const secret = 'a secret of at least 32 characters'
let harness: Harness
let guarded: Harness
let proxy: RunningProxy
const clients: Pickstream[] = []

beforeAll(async () => {
  harness = await startHarness()
  guarded = await startHarness({ env: { PICKSTREAM_ACCESS_JWT_SECRET: secret } })
  proxy = await startUpgradeRefusingProxy(harness.url)
  for (const one of [harness, guarded]) await one.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  sockets = 0
})
afterAll(async () => {
  await proxy.close()
  await Promise.all([harness.close(), guarded.close()])
})

let sockets = 0
class CountedWebSocket extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args)
    sockets++
  }
}

function open(url: string, more: Partial<PickstreamOptions> = {}): Pickstream {
  const client = new Pickstream({ url, webSocket: CountedWebSocket, ...more })
  clients.push(client)
  return client
}
const publish = (of: Harness, user: string, offset: number, ...items: string[]) =>
  of.publishList(user, aList({ offset, unseen: ranked(...items) }))
const idsOf = ({ picks }: RecommendationList) => picks.map(({ item }) => item.id)

describe.each(['WebSocket', 'server-sent events'])('over %s', (transport) => {
  const address = () => (transport === 'WebSocket' ? harness.url : proxy.url)

  test('the list as it stands comes, and every newer one', async () => {
    const user = `newer, ${transport}`
    await publish(harness, user, 1, 'a', 'b')
    const lists: RecommendationList[] = []
    const client = open(address())
    client.watch(user, (list) => lists.push(list), { first: 2 })
    await eventually(() => lists.length === 1)
    await publish(harness, user, 2, 'c', 'a')
    await eventually(() => lists.length === 2)
    expect(lists.map(idsOf)).toEqual([
      ['a', 'b'],
      ['c', 'a'],
    ])
    expect(client.connection.get()).toBe('live')
  })

  test('a list that the page has already is not sent again, and newer ones are', async () => {
    const user = `since, ${transport}`
    await publish(harness, user, 1, 'a', 'b')
    const client = open(address())
    const rendered = await client.recommendations(user, { first: 2 })
    const lists: RecommendationList[] = []
    client.watch(user, (list) => lists.push(list), { first: 2, sinceRevision: rendered.revision })
    await eventually(() => client.connection.get() === 'live')
    await publish(harness, user, 2, 'c', 'a')
    await eventually(() => lists.length > 0)
    expect(lists.map(idsOf)).toEqual([['c', 'a']])
  })

  test('a subscription that the server refuses ends with its error, and is not tried again', async () => {
    const errors: PickstreamError[] = []
    open(address()).watch('ann', () => {}, { first: 1_000, onError: (error) => errors.push(error) })
    await eventually(() => errors.length > 0)
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', issues: [{ path: 'first' }] }])
    expect(errors).toHaveLength(1)
  })

  test('an exception of a callback is reported; the connection and the other watches go on', async () => {
    await publish(harness, 'fay', 1, 'a')
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
    const client = open(address())
    const states: string[] = []
    client.connection.subscribe(() => states.push(client.connection.get()))
    const fault = new Error('a fault of the page')
    let calls = 0
    client.watch('fay', () => {
      calls++
      throw fault
    })
    const lists: RecommendationList[] = []
    client.watch('fay', (list) => lists.push(list))
    await eventually(() => calls === 1 && lists.length === 1)
    await publish(harness, 'fay', 2, 'b')
    await eventually(() => calls === 2 && lists.length === 2)
    expect([states, reported.mock.calls.map(([, error]) => error)]).toEqual([['live'], [fault, fault]])
    reported.mockRestore()
  })

  test('trending items come', async () => {
    let count = 0
    open(address()).watchTrending((picks) => (count = picks.length), { first: 3, window: 'DAY' })
    await eventually(() => count === 3)
  })

  test('what is stopped calls back no more, and its server forgets it', async () => {
    const user = `stopped, ${transport}`
    const lists: RecommendationList[] = []
    const client = open(address())
    const stop = client.watch(user, (list) => lists.push(list))
    await eventually(() => lists.length === 1)
    stop()
    await eventually(async () => (await subscribers()) === 0)
    await publish(harness, user, 5, 'c')
    expect(lists).toHaveLength(1)
  })
})

const subscribers = async (): Promise<number> =>
  (await harness.ask('{ pipeline { subscribers } }')).data.pipeline.subscribers

test('a watch of a client that was closed ends with an error', async () => {
  const client = open(harness.url)
  client.close()
  const errors: PickstreamError[] = []
  client.watch('ann', () => {}, { onError: (error) => errors.push(error) })
  await eventually(() => errors.length === 1)
  expect([errors[0]!.code, sockets]).toEqual(['CLOSED', 0])
})

test('many watches share one WebSocket', async () => {
  let received = 0
  const client = open(harness.url)
  for (const user of ['ann', 'ben', 'cem']) client.watch(user, () => received++)
  await eventually(() => received === 3)
  expect(sockets).toBe(1)
})

test('where WebSockets did not get through, the next watch does not wait for one', async () => {
  const client = open(proxy.url)
  let received = 0
  client.watch('ann', () => received++)
  await eventually(() => received === 1)
  expect(sockets).toBe(1)
  client.watch('ben', () => received++)
  await eventually(() => received === 2)
  expect(sockets).toBe(1)
})

test('where there is no WebSocket at all, as in Node 20, lists come over server-sent events', async () => {
  let received = 0
  const before = globalThis.WebSocket
  Object.assign(globalThis, { WebSocket: undefined })
  const client = open(harness.url, { webSocket: undefined })
  client.watch('ann', () => received++)
  Object.assign(globalThis, { WebSocket: before })
  await eventually(() => received === 1)
  expect(sockets).toBe(0)
})

test('where a WebSocket may not be opened, as to ws: from a page of https, lists come over server-sent events', async () => {
  class ForbiddenWebSocket extends CountedWebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      this.on('error', () => {}).terminate()
      throw new DOMException('an insecure WebSocket from a page loaded over https', 'SecurityError')
    }
  }
  let received = 0
  const client = open(harness.url, { webSocket: ForbiddenWebSocket })
  client.watch('ann', () => received++)
  await eventually(() => received === 1)
  expect(client.connection.get()).toBe('live')
})

test.each(['WebSocket', 'server-sent events'])(
  'over %s a client with bad credentials is refused, and let in once its token is good',
  async (transport) => {
    const guardedProxy = await startUpgradeRefusingProxy(guarded.url)
    let token = 'bad'
    let received = 0
    const url = transport === 'WebSocket' ? guarded.url : guardedProxy.url
    const client = open(url, { token: () => token })
    client.watch('ann', () => received++)
    await eventually(() => client.connection.get() === 'refused')
    token = await new SignJWT({ sub: 'ann' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))
    await eventually(() => received === 1)
    expect(client.connection.get()).toBe('live')
    client.close()
    await guardedProxy.close()
  },
)

describe('many watches of one page', () => {
  const watchAll = async (url: string, watches: number) => {
    const users = Array.from({ length: watches }, (_, n) => `many-${n}`)
    const seen = new Set<string>()
    const client = open(url)
    const stops = users.map((user) => client.watch(user, () => seen.add(user), { first: 1 }))
    return { seen, stops }
  }

  test('25 watches take two sockets', async () => {
    const { seen } = await watchAll(harness.url, 25)
    await eventually(() => seen.size === 25)
    expect(sockets).toBe(2)
  })

  test('a lower limit of the server is learned; what is over the limit of four sockets is reported once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const narrow = await startHarness({ env: { PICKSTREAM_LIMIT_SUBSCRIPTIONS_PER_SOCKET: '3' } })
    await narrow.putItems({ id: 'a' })
    const { seen, stops } = await watchAll(narrow.url, 14)
    await eventually(() => seen.size === 12)
    await eventually(() => warn.mock.calls.length > 0)
    expect(sockets).toBe(4)
    const waiting = [...stops.keys()].filter((n) => !seen.has(`many-${n}`))
    for (const n of [...stops.keys()].filter((n) => !waiting.includes(n)).slice(0, 2)) stops[n]!()
    await eventually(() => seen.size === 14)
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('limit of the server'), 'expected at most 3 open operations on one socket'],
    ])
    warn.mockRestore()
    await narrow.close()
  })
})
