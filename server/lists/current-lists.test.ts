import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import { encodeDoneErasure, erasureKey } from '../../schema/records/erasure.ts'
import { erasureHeaders } from '../../schema/records/headers.ts'
import { encodeList, listWrittenAt } from '../../schema/records/list.ts'
import { writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { aList } from '../../test/support/builders.ts'
import { aQuietWorld } from '../../test/support/drive.ts'
import { CurrentLists } from './current-lists.ts'
import { ListCache } from './list-cache.ts'
import { ListTail } from './list-tail.ts'
import { UnstoredLists } from './unstored-lists.ts'

const roomy = 1_000_000
/** Keeps nothing: every list that was pushed has been evicted. */
const evicting = 1

function aTopic() {
  const world = aQuietWorld()
  let committed = 0
  const log = { ...world.log, committedOffsets: async () => [committed] }
  return {
    ...world,
    log,
    sinkHasCommitted: (offset: number) => {
      committed = offset
    },
    publish: (userId: string, offset: number) =>
      world.until(log.append(topics.lists, [{ key: userId, value: encodeList(aList({ offset })) }])),
    erase: (userId: string, offset: number) =>
      world.until(
        log.append(topics.lists, [{ key: userId, value: null, headers: erasureHeaders({ partition: 0, offset }, 0) }]),
      ),
    /** What the sink stores of an erasure. */
    async storeErasure(userId: string, offset: number) {
      const value = encodeDoneErasure({ offset, backfilled: -1 })
      const row = { partition: erasureKey(userId), value, writeTimestamp: writeTimestampOf(offset) }
      await world.until(world.store.put(tables.erasures, [row]))
    },
    async put(userId: string, offset: number) {
      const list = aList({ offset })
      const row = { partition: userId, value: encodeList(list), writeTimestamp: listWrittenAt(list) }
      await world.until(world.store.put(tables.listsByUser, [row]))
    },
  }
}

type Topic = ReturnType<typeof aTopic>

function aServer({ log, store, clock }: Topic, cacheBytes = roomy, usersMax?: number) {
  const cache = new ListCache(clock, cacheBytes)
  const unstored = new UnstoredLists({ log, clock, logger: silentLogger, usersMax })
  const tail = new ListTail(cache, unstored, silentLogger)
  const lists = new CurrentLists({ log, store, clock, listCache: cache, followed: tail, unstored })
  const offsetOf = async (userId: string) => {
    const entry = cache.get(userId) ?? (await lists.read(userId))
    return entry.list?.position.offset
  }
  return { cache, unstored, tail, lists, offsetOf }
}

async function aStartedServer(topic: Topic, cacheBytes?: number, usersMax?: number) {
  const server = aServer(topic, cacheBytes, usersMax)
  await topic.until(server.tail.follow(topic.log))
  await topic.until(server.tail.caughtUp)
  return server
}

describe.each([
  ['a roomy cache', roomy],
  ['a cache that evicts', evicting],
])('with %s', (_, cacheBytes) => {
  test('a server that starts answers with a list that was pushed and is not stored', async () => {
    const topic = aTopic()
    await topic.put('ada', 4)
    await topic.publish('ada', 4)
    topic.sinkHasCommitted(1)
    await topic.publish('ada', 5)
    const server = await aStartedServer(topic, cacheBytes)
    expect(await topic.until(server.offsetOf('ada'))).toBe(5)
  })

  test('a read that began before its list was stored does not bring back the row of then', async () => {
    const topic = aTopic()
    await topic.put('ada', 4)
    await topic.publish('ada', 4)
    topic.sinkHasCommitted(1)
    let answer = () => {}
    const slowly = new Promise<void>((resolve) => {
      answer = resolve
    })
    const store: Topic['store'] = {
      ...topic.store,
      get: async (...args) => {
        const rows = await topic.store.get(...args)
        await slowly
        return rows
      },
    }
    const server = await aStartedServer({ ...topic, store }, cacheBytes)
    const read = server.offsetOf('ada')
    await topic.rest()
    await topic.publish('ada', 5)
    for (let n = 0; n < 20; n++) await topic.scheduler.step() // the tail brings it
    await topic.put('ada', 5)
    topic.sinkHasCommitted(2)
    for (let n = 0; n < 20; n++) await topic.scheduler.step() // the commit is noticed
    answer()
    expect(await topic.until(read)).toBe(5)
    await topic.rest()
    expect(server.unstored.size).toBe(0)
  })

  test('an older list that a replay puts on the topic again is not shown', async () => {
    const topic = aTopic()
    await topic.put('ada', 5)
    await topic.publish('ada', 5)
    topic.sinkHasCommitted(1)
    const server = await aStartedServer(topic, cacheBytes)
    await topic.publish('ada', 4)
    topic.sinkHasCommitted(2)
    await topic.rest()
    expect(await topic.until(server.offsetOf('ada'))).toBe(5)
    await topic.publish('ada', 3)
    for (let n = 0; n < 5; n++) await topic.scheduler.step()
    expect(await topic.until(server.offsetOf('ada'))).toBe(5)
  })

  test('a list that a replay puts on the topic again after an erasure is not shown', async () => {
    const topic = aTopic()
    await topic.publish('ada', 4)
    await topic.erase('ada', 7)
    await topic.storeErasure('ada', 7)
    topic.sinkHasCommitted(2)
    const server = await aStartedServer(topic, cacheBytes)
    await topic.publish('ada', 4)
    for (let n = 0; n < 5; n++) await topic.scheduler.step()
    expect(await topic.until(server.offsetOf('ada'))).toBeUndefined()
  })

  test('nor where the server had read before that there is no list', async () => {
    const topic = aTopic()
    await topic.publish('ada', 4)
    await topic.erase('ada', 7)
    await topic.storeErasure('ada', 7)
    topic.sinkHasCommitted(2)
    const server = await aStartedServer(topic, cacheBytes)
    expect(await topic.until(server.offsetOf('ada'))).toBeUndefined()
    await topic.publish('ada', 4)
    for (let n = 0; n < 5; n++) await topic.scheduler.step()
    expect(await topic.until(server.offsetOf('ada'))).toBeUndefined()
  })

  test('nor where it is put there in the middle of the read', async () => {
    const topic = aTopic()
    await topic.publish('ada', 4)
    await topic.erase('ada', 7)
    await topic.storeErasure('ada', 7)
    topic.sinkHasCommitted(2)
    const server = await aStartedServer(topic, cacheBytes)
    await topic.publish('ada', 4)
    for (let n = 0; n < 5; n++) await topic.scheduler.step()
    const { unstored } = server
    const get = unstored.get.bind(unstored)
    let asked = 0
    unstored.get = (userId) => (asked++ === 0 ? undefined : get(userId))
    expect(await topic.until(server.offsetOf('ada'))).toBeUndefined()
    expect(asked).toBeGreaterThan(1)
  })

  test('an erasure that is not stored yet is an erasure', async () => {
    const topic = aTopic()
    await topic.put('ada', 4)
    await topic.publish('ada', 4)
    topic.sinkHasCommitted(1)
    await topic.erase('ada', 7)
    const server = await aStartedServer(topic, cacheBytes)
    expect(await topic.until(server.offsetOf('ada'))).toBeUndefined()
  })
})

test('the cache keeps the newest list of users who were read or have a listener, and none of other users', async () => {
  const topic = aTopic()
  for (const userId of ['ada', 'bob', 'cleo']) await topic.put(userId, 4)
  const server = await aStartedServer(topic)
  expect(await topic.until(server.offsetOf('ada'))).toBe(4)
  const stop = server.tail.listen('bob', () => {})
  for (const userId of ['ada', 'bob', 'cleo']) await topic.publish(userId, 5)
  for (let n = 0; n < 20; n++) await topic.scheduler.step() // the tail brings them
  const kept = () => ['ada', 'bob', 'cleo'].map((userId) => server.cache.peek(userId)?.list?.position.offset)
  expect(kept()).toEqual([5, 5, undefined])
  expect(server.cache.size).toBe(2)
  expect(server.cache.get('ada')?.list?.position.offset).toBe(5) // confirmed: the store is not read
  expect(await topic.until(server.offsetOf('cleo'))).toBe(5)
  stop()
  for (const userId of ['ada', 'bob', 'cleo']) await topic.publish(userId, 6)
  for (let n = 0; n < 20; n++) await topic.scheduler.step()
  expect(kept()).toEqual([6, 6, 6])
})

test('nothing is answered before the topic has been read', async () => {
  const topic = aTopic()
  await topic.put('ada', 4)
  const server = aServer(topic)
  const read = topic.until(server.offsetOf('ada'))
  await expect(read).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('beyond the bound, users without an entry are UNAVAILABLE until the sink has stored what was left out', async () => {
  const topic = aTopic()
  for (const [offset, userId] of ['ada', 'bob', 'cleo'].entries()) await topic.publish(userId, offset)
  const server = await aStartedServer(topic, evicting, 2)
  expect(server.unstored.size).toBe(2)
  expect(await topic.until(server.offsetOf('ada'))).toBe(0)
  expect(await topic.until(server.offsetOf('bob'))).toBe(1)
  for (const userId of ['cleo', 'dan']) {
    await expect(topic.until(server.offsetOf(userId))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  }
  for (const [offset, userId] of ['ada', 'bob', 'cleo'].entries()) await topic.put(userId, offset)
  topic.sinkHasCommitted(3)
  await topic.rest()
  expect(server.unstored.size).toBe(0)
  expect(await topic.until(server.offsetOf('cleo'))).toBe(2)
  expect(await topic.until(server.offsetOf('dan'))).toBeUndefined()
})
