import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Embedded, openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { partitionOf } from '../../platform/partitioner.ts'
import { systemClock } from '../../platform/ports/clock.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { encodeList } from '../../schema/records/list.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'
import { CurrentLists } from './current-lists.ts'
import { ListCache } from './list-cache.ts'
import { ListTail } from './list-tail.ts'
import { OwnPartitions } from './own-partitions.ts'
import { UnstoredLists } from './unstored-lists.ts'

const partitions = 4
/** By partition: a user of it. */
const users = Array.from({ length: partitions }, (_, partition) => {
  for (let n = 0; ; n++) if (partitionOf(`user-${n}`, partitions) === partition) return `user-${n}`
})

const dir = mkdtempSync(join(tmpdir(), 'pickstream-own-'))
let embedded: Embedded
beforeAll(async () => {
  embedded = await openEmbedded({ dir })
  await embedded.log.createTopics(topicSpecs(partitions))
  await embedded.store.migrate()
})
afterAll(async () => {
  await embedded.log.close()
  await embedded.store.close()
  rmSync(dir, { recursive: true, force: true })
})

let offset = 0
const append = (userId: string) =>
  embedded.log.append(topics.lists, [{ key: userId, value: encodeList(aList({ offset: ++offset })) }])

describe('a server that follows the partitions of its own users', () => {
  let now = 1_000_000
  let applied: number[] = []
  class CountingTail extends ListTail {
    override apply(records: readonly StoredRecord[]): void {
      applied.push(...records.map(({ partition }) => partition))
      super.apply(records)
    }
  }

  async function aServer() {
    const { log, store } = embedded
    const clock = { ...systemClock, now: () => now }
    const cache = new ListCache(clock, 1_000_000)
    const unstored = new UnstoredLists({ log, clock: systemClock, logger: silentLogger })
    const tail = new CountingTail(cache, unstored, silentLogger)
    const own = new OwnPartitions({ log, clock, logger: silentLogger, tail, cache, unstored, idleMs: 1_000 })
    const lists = new CurrentLists({ log, store, clock: systemClock, listCache: cache, followed: own, unstored })
    await own.start()
    const stop = async () => {
      unstored.stop()
      await own.stop()
    }
    return {
      own,
      tail,
      cache,
      lists,
      stop,
      offsetOf: async (id: string) => (await lists.read(id)).list?.position.offset,
    }
  }
  beforeEach(() => {
    applied = []
  })

  test('reads no record of another partition', async () => {
    const server = await aServer()
    for (const userId of users) await append(userId)
    expect(await server.offsetOf(users[1]!)).toBe(offset - 2)
    for (const userId of users) await append(userId)
    await expect.poll(() => applied.length, { timeout: 20_000 }).toBe(2)
    expect(new Set(applied)).toEqual(new Set([1]))
    expect(server.own.own).toEqual([1])
    await server.stop()
  })

  test('begins to follow another one at its first read, and answers with the newest list of the topic', async () => {
    const server = await aServer()
    for (const userId of users) await append(userId)
    for (const [n, userId] of users.entries()) expect(await server.offsetOf(userId)).toBe(offset - (partitions - 1 - n))
    expect(server.own.own).toEqual([0, 1, 2, 3])
    await server.stop()
  })

  test('releases an unused one and drops all lists of its users; the next read returns the newest list', async () => {
    const server = await aServer()
    await append(users[0]!)
    await server.offsetOf(users[0]!)
    now += 10_000
    await server.offsetOf(users[2]!)
    expect(server.own.own).toEqual([2])
    expect(server.cache.peek(users[0]!)).toBeUndefined()
    await append(users[0]!)
    expect(await server.offsetOf(users[0]!)).toBe(offset)
    await server.stop()
  })

  test('keeps one that has an open page, and one that is being read', async () => {
    const server = await aServer()
    const close = server.tail.listen(users[0]!, () => {})
    await server.offsetOf(users[0]!)
    const release = server.own.hold([users[1]!])
    await server.own.ready([users[1]!])
    now += 10_000
    await server.offsetOf(users[2]!)
    expect(server.own.own).toEqual([0, 1, 2])
    close()
    release()
    now += 10_000
    await server.offsetOf(users[2]!)
    expect(server.own.own).toEqual([2])
    await server.stop()
  })
})

test('of two servers each pushes the lists of its pages, and both answer for every user', async () => {
  const env = { PICKSTREAM_LIST_PARTITIONS: 'own' }
  const { log, store } = embedded
  const shared = { log: unclosed(log), store: unclosed(store) }
  const servers: Harness[] = []
  for (let n = 0; n < 2; n++) servers.push(await startHarness({ env, platform: shared }))
  const watch = (server: Harness, userId: string) =>
    server.watch(
      'subscription ($id: ID!) { recommendationsUpdated(userId: $id, first: 3) { picks { item { id } } } }',
      {
        id: userId,
      },
    )
  const idsOf = ({ data }: Answer) =>
    data.recommendationsUpdated.picks.map(({ item }: { item: { id: string } }) => item.id)
  await servers[0]!.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
  const pages = [watch(servers[0]!, users[0]!), watch(servers[1]!, users[3]!)]
  for (const page of pages) await page.message(0)
  await servers[0]!.publishList(users[0]!, aList({ offset: 100, unseen: ranked('b', 'a', 'c') }))
  await servers[1]!.publishList(users[3]!, aList({ offset: 101, unseen: ranked('c', 'b', 'a') }))
  expect(idsOf(await pages[0]!.message(1))).toEqual(['b', 'a', 'c'])
  expect(idsOf(await pages[1]!.message(1))).toEqual(['c', 'b', 'a'])
  for (const server of servers) {
    const { data } = await server.ask(`{ recommendations(userId: "${users[3]}", first: 3) { picks { item { id } } } }`)
    expect(data.recommendations.picks[0].item.id).toBe('c')
  }
  for (const server of servers) await server.close()
}, 60_000)

/** A platform that several servers share is closed once, at the end. */
function unclosed<T extends { close(): Promise<void> }>(part: T): T {
  return new Proxy(part, {
    get: (target, name) => {
      if (name === 'close') return async () => {}
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
