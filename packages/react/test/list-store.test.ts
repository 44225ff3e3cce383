import { Pickstream, type RecommendationList } from '@pickstream/client'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { aList, ranked } from '../../../test/support/builders.ts'
import { type Harness, startHarness } from '../../../test/support/server-harness.ts'
import { eventually } from '../../../test/support/start-process.ts'
import { listStoreOf } from '../src/list-store.ts'

let harness: Harness
let client: Pickstream
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
  client = new Pickstream({ url: harness.url, webSocket: WebSocket })
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(async () => {
  client.close()
  await harness.close()
})

const publish = (user: string, offset: number, ...items: string[]) =>
  harness.publishList(user, aList({ offset, unseen: ranked(...items) }))
const subscribers = async (): Promise<number> =>
  (await harness.ask('{ pipeline { subscribers } }')).data.pipeline.subscribers
const idsOf = (list: RecommendationList | undefined) => list?.picks.map(({ item }) => item.id)

test('components with the same arguments share one subscription, which ends with the last of them', async () => {
  const store = listStoreOf(client, 'shared', { first: 2, filter: { tags: [] } })
  expect(listStoreOf(client, 'shared', { first: 2, filter: { tags: [] } })).toBe(store)
  expect(listStoreOf(client, 'shared', { first: 3 })).not.toBe(store)
  const leave = [store.subscribe(() => {}), store.subscribe(() => {})]
  await eventually(() => store.get().list !== undefined)
  expect(await subscribers()).toBe(1)
  leave[0]!()
  expect(store.isUsed).toBe(true)
  leave[1]!()
  await eventually(async () => (await subscribers()) === 0)
})

test('a list rendered before is there at once, and only newer ones are sent', async () => {
  await publish('rendered', 1, 'a', 'b')
  const initial = await client.recommendations('rendered', { first: 2 })
  const store = listStoreOf(client, 'rendered', { first: 2 }, initial)
  expect(store.get().list).toBe(initial)
  const seen: (string[] | undefined)[] = []
  const leave = store.subscribe(() => seen.push(idsOf(store.get().list)))
  await eventually(async () => (await subscribers()) === 1)
  await publish('rendered', 2, 'c', 'a')
  await eventually(() => seen.length > 0)
  expect(seen).toEqual([['c', 'a']])
  leave()
})

test('who comes back with a newer list from the server sees it at once, and no older one after it', async () => {
  await publish('soft', 1, 'a')
  const first = await client.recommendations('soft', { first: 1 })
  listStoreOf(client, 'soft', { first: 1 }, first).subscribe(() => {})()
  await publish('soft', 2, 'b')
  const second = await client.recommendations('soft', { first: 1 })
  expect(listStoreOf(client, 'soft', { first: 1 }, second).get().list).toBe(second)
  expect(listStoreOf(client, 'soft', { first: 1 }, first).get().list).toBe(second)
})

test('who comes back sees the last list at once, and what changed meanwhile', async () => {
  await publish('back', 1, 'a')
  const store = listStoreOf(client, 'back', { first: 1 })
  store.subscribe(() => {})()
  const leave = store.subscribe(() => {})
  await eventually(() => store.get().list !== undefined)
  leave()
  await publish('back', 2, 'b')
  expect(idsOf(store.get().list)).toEqual(['a'])
  const leaveAgain = store.subscribe(() => {})
  await eventually(() => idsOf(store.get().list)?.[0] === 'b')
  leaveAgain()
})

test('a component that suspends is woken by the first list, and by a refusal', async () => {
  const store = listStoreOf(client, 'suspended', { first: 1 })
  await store.load()
  expect(store.get().list?.picks).toHaveLength(1)
  store.subscribe(() => {})()

  const refused = listStoreOf(client, 'suspended', { first: 1_000 })
  await refused.load()
  expect(refused.get().error).toMatchObject({ code: 'BAD_USER_INPUT' })
})

test('a list that suspended a component which never came is not watched for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const store = listStoreOf(client, 'abandoned', { first: 1 })
  void store.load()
  expect(store.isUsed).toBe(true)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(store.isUsed).toBe(false)
})

test('a list that was loaded for a component which never came is watched no longer, and kept for one that comes later', async () => {
  const store = listStoreOf(client, 'gone', { first: 1 })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await store.load()
  expect(store.isUsed).toBe(true)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(store.isUsed).toBe(false)
  const list = store.get().list
  expect(list).toBeDefined()
  const leave = store.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(60_000)
  expect([store.isUsed, store.get().list]).toEqual([true, list])
  leave()
})

test('at most 50 lists are remembered while nobody shows them', () => {
  const first = listStoreOf(client, 'visitor 0', {})
  const shown = listStoreOf(client, 'visitor 1', {})
  const leave = shown.subscribe(() => {})
  for (let n = 2; n < 60; n++) listStoreOf(client, `visitor ${n}`, {})
  expect(listStoreOf(client, 'visitor 1', {})).toBe(shown)
  expect(listStoreOf(client, 'visitor 0', {})).not.toBe(first)
  leave()
})
