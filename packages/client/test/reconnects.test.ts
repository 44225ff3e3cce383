import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { aList, ranked } from '../../../test/support/builders.ts'
import { type Proxy as RunningProxy, startUpgradeRefusingProxy } from '../../../test/support/proxies.ts'
import { type Harness, startHarness } from '../../../test/support/server-harness.ts'
import { eventually } from '../../../test/support/start-process.ts'
import { Pickstream, type RecommendationList } from '../src/index.ts'
import { listsThatReplace } from '../src/list-order.ts'

let harness: Harness
let proxy: RunningProxy
let client: Pickstream
/** Connections wait for it. */
let network: Promise<void>
let browserEvents: EventTarget

beforeAll(async () => {
  harness = await startHarness()
  proxy = await startUpgradeRefusingProxy(harness.url)
  await harness.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
})
beforeEach(() => {
  network = Promise.resolve()
  browserEvents = new EventTarget()
  vi.stubGlobal('addEventListener', browserEvents.addEventListener.bind(browserEvents))
  vi.stubGlobal('removeEventListener', browserEvents.removeEventListener.bind(browserEvents))
})
afterEach(() => {
  client?.close()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
afterAll(async () => {
  await proxy.close()
  await harness.close()
})

const publish = (user: string, offset: number, ...items: string[]) =>
  harness.publishList(user, aList({ offset, unseen: ranked(...items) }))
const idsOf = ({ picks }: RecommendationList) => picks.map(({ item }) => item.id)

function open(url: string): Pickstream {
  const headers = async () => {
    await network
    return {}
  }
  client = new Pickstream({ url, webSocket: WebSocket, headers })
  return client
}

/** The browser reports that it is offline; what happens until the returned function is called, the page does not hear. */
async function goOffline(): Promise<() => Promise<void>> {
  let reconnect = (): void => {}
  network = new Promise((resolve) => (reconnect = resolve))
  browserEvents.dispatchEvent(new Event('offline'))
  await eventually(() => client.connection.get() === 'offline')
  return async () => {
    reconnect()
    browserEvents.dispatchEvent(new Event('online'))
    await eventually(() => client.connection.get() === 'live')
  }
}

describe.each(['WebSocket', 'server-sent events'])('over %s, after the browser was offline', (transport) => {
  const address = () => (transport === 'WebSocket' ? harness.url : proxy.url)

  test('a list that has lost an item comes, although its revision is the same', async () => {
    const user = `lost, ${transport}`
    await publish(user, 1, 'a', 'b')
    const lists: RecommendationList[] = []
    open(address()).watch(user, (list) => lists.push(list), { first: 1 })
    await eventually(() => lists.length === 1)
    const goOnline = await goOffline()
    await harness.putItems({ id: 'a', available: false })
    await goOnline()
    await eventually(() => lists.length === 2)
    expect(lists.map(idsOf)).toEqual([['a'], ['b']])
    expect(lists[0]!.revision).toBe(lists[1]!.revision)
    await harness.putItems({ id: 'a' })
  })

  test('the list that is shown does not come again, and the next one does', async () => {
    const user = `same, ${transport}`
    await publish(user, 1, 'a')
    const lists: RecommendationList[] = []
    open(address()).watch(user, (list) => lists.push(list), { first: 1 })
    await eventually(() => lists.length === 1)
    await (await goOffline())()
    await publish(user, 2, 'c')
    await eventually(() => lists.length === 2)
    expect(lists.map(idsOf)).toEqual([['a'], ['c']])
  })
})

test('a list that was rendered before is followed by another one only, also where that has its revision', async () => {
  await publish('rendered', 1, 'a', 'b')
  const initial = await open(harness.url).recommendations('rendered', { first: 1 })
  await harness.putItems({ id: 'a', available: false })
  const lists: RecommendationList[] = []
  client.watch('rendered', (list) => lists.push(list), { first: 1, initial })
  await eventually(() => lists.length === 1)
  expect(lists.map(idsOf)).toEqual([['b']])
  await harness.putItems({ id: 'a' })
})

test('a list that is older than the one shown is left out', () => {
  const shown: string[] = []
  const take = listsThatReplace<{ id: string; revision: string }>(({ id }) => shown.push(id), {
    id: 'x',
    revision: '2',
  })
  for (const [id, revision] of [
    ['x', '2'],
    ['w', '1'],
    ['y', '2'],
    ['z', '3'],
    ['y', '2'],
  ] as const)
    take({ id, revision })
  expect(shown).toEqual(['y', 'z'])
})

test('a server that is never reached is named once, with the setting that pages of another origin need', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.stubGlobal('location', { href: 'https://shop.example/', origin: 'https://shop.example' })
  open('http://127.0.0.1:9/graphql').watch('ann', () => {})
  client.watch('ben', () => {})
  await eventually(() => client.connection.get() === 'offline')
  const expected =
    'cannot reach http://127.0.0.1:9/graphql; if it runs, its PICKSTREAM_CORS_ORIGINS must contain https://shop.example'
  expect(warned.mock.calls).toEqual([['Pickstream:', `${expected}; retrying`]])
  await expect(client.trending()).rejects.toThrow(expected)
})
