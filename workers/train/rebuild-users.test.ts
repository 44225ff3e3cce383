import { describe, expect, test } from 'vitest'
import { aFolder, anEmbedded } from '../../platform/embedded/testing/programs.ts'
import { systemClock } from '../../platform/ports/clock.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import { decodeList } from '../../schema/records/list.ts'
import { decodeUserState, encodeUserState } from '../../schema/records/user-state.ts'
import { tables } from '../../schema/tables.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { Dice } from '../../test/simulator/dice.ts'
import { calm } from '../../test/simulator/scheduler.ts'
import { authenticator } from '../../test/simulator/secret.ts'
import { simulatedStages, World } from '../../test/simulator/world.ts'
import { rebuildUsers } from './rebuild-users.ts'

const users = Array.from({ length: 9 }, (_, n) => `user-${n}`)
const operator = { name: 'operator', alive: true }

function aWorld(partitions = 2) {
  const world = new World({ dice: new Dice(5), weather: calm, partitions })
  world.start(simulatedStages)
  const log = world.log.forOwner(operator)
  const store = world.store.forOwner(operator)
  /** Until it is done, and all that follows from it. */
  const settled = async (doing: Promise<unknown>) => {
    let done = false
    const mark = () => {
      done = true
    }
    doing.then(mark, mark)
    while (!done) if (!(await world.scheduler.step())) await new Promise((resolve) => setImmediate(resolve))
    await world.drain()
  }
  const write = (...records: InteractionRecord[]) =>
    settled(
      log.append(
        topics.interactions,
        records.map((record) => {
          const keyed = { key: record.userId, value: encodeInteraction(record) }
          return { ...keyed, headers: authenticator.signed(record.kind, keyed) }
        }),
      ),
    )
  const rebuild = async (usersMax?: number) => {
    const done = rebuildUsers({ log, clock: world.scheduler.clock, authenticator, usersMax }, 'command', 'embed')
    await settled(done)
    return done
  }
  const stateOf = (userId: string) => {
    const bytes = world.store.rows(tables.userStates).get(`${userId}/`)
    return bytes && decodeUserState(bytes)
  }
  const listOf = (userId: string) => {
    const bytes = world.store.rows(tables.listsByUser).get(`${userId}/`)
    return bytes && decodeList(bytes)
  }
  return { world, log, store, settled, write, rebuild, stateOf, listOf }
}

const anEvent = (userId: string, n: number, more = {}): InteractionRecord => ({
  v: 1,
  kind: 'event',
  eventId: `e-${n}`,
  userId,
  itemId: `item-${n % 7}`,
  type: n % 5 === 0 ? 'PURCHASE' : 'VIEW',
  timestamp: new Date(1_700_000_000_000 + n * 1000).toISOString(),
  ...more,
})

const eventsOf = (count: number) =>
  users.flatMap((userId) => Array.from({ length: count }, (_, n) => anEvent(userId, n)))

describe('a rebuild', () => {
  test('gives other work of the thread its turn between two readings of the log', async () => {
    const { log } = await anEmbedded({ dir: aFolder() })
    await log.createTopics(topicSpecs(1))
    const bad = Array.from({ length: 1_500 }, (_, n) => ({ key: `user-${n}`, value: Buffer.from('no event') }))
    await log.append(topics.interactions, bad)
    let turn = 0
    const turns: number[] = []
    const ticking = setImmediate(function tick() {
      turn++
      if (turns.length < 4) setImmediate(tick)
    })
    const read = log.read.bind(log)
    log.read = (...args) => {
      turns.push(turn)
      return read(...args)
    }
    await rebuildUsers({ log, clock: systemClock, authenticator }, 'command', 'embed')
    clearImmediate(ticking)
    expect(turns.length).toBeGreaterThanOrEqual(4)
    expect(new Set(turns.slice(0, 4)).size).toBe(4)
  })

  test('brings back states and lists that are gone, exactly, and with revisions that rise', async () => {
    const { world, store, settled, write, rebuild, stateOf, listOf } = aWorld()
    await write(...eventsOf(4), { v: 1, kind: 'undo', userId: 'user-1', eventIds: ['e-2'] })
    await write({ v: 1, kind: 'forget', userId: 'user-2' })
    await write({ v: 1, kind: 'identify', userId: 'user-3', into: 'user-4' })
    const before = new Map(users.map((userId) => [userId, stateOf(userId)]))
    for (const userId of ['user-0', 'user-1', 'user-4']) {
      const { position } = stateOf(userId)!
      await settled(
        store.put(tables.userStates, [
          { partition: userId, value: null, writeTimestamp: BigInt(position.offset) + 2n },
        ]),
      )
      await settled(store.erase(tables.listsByUser, userId, BigInt(position.offset) + 2n))
    }
    for (const process of [...world.processes]) world.crash(process) // nor does any process remember
    world.start(simulatedStages)
    await world.drain()
    expect(stateOf('user-0')).toBeUndefined()

    expect(await rebuild()).toEqual({ users: 7, left: 0 })
    for (const userId of users) {
      const [old, now] = [before.get(userId), stateOf(userId)]
      expect(now?.profile).toEqual(old?.profile)
      expect(now?.recentIds).toEqual(old?.recentIds)
      expect(now?.adopted).toEqual(old?.adopted)
      if (old && now) expect(now.position.offset).toBeGreaterThan(old.position.offset)
      expect(listOf(userId)?.position).toEqual(now?.position)
    }
    expect(stateOf('user-2')).toBeUndefined()
    expect(stateOf('user-3')).toBeUndefined()
  })

  test('mends a state that does not say what the log says', async () => {
    const { world, store, settled, write, rebuild, stateOf } = aWorld(1)
    await write(...eventsOf(3))
    const right = stateOf('user-5')!
    const wrong = encodeUserState({ ...right, profile: stateOf('user-6')!.profile, olderIds: [] })
    const writeTimestamp = BigInt(right.position.offset) + 2n
    await settled(store.put(tables.userStates, [{ partition: 'user-5', value: wrong, writeTimestamp }]))
    for (const process of [...world.processes]) world.crash(process)
    world.start(simulatedStages)
    await world.drain()
    expect(stateOf('user-5')!.profile.userId).toBe('user-6')
    await rebuild()
    expect(stateOf('user-5')!.profile).toEqual(right.profile)
  })

  test('reads the log once for every so many users, and reaches all of them', async () => {
    const { write, rebuild } = aWorld()
    await write(...eventsOf(2))
    expect(await rebuild(2)).toEqual({ users: users.length, left: 0 })
  })

  test('is repeated for a user who goes on in the meantime, and forgets one who is erased', async () => {
    const { log, write, rebuild, stateOf } = aWorld(1)
    await write(...eventsOf(3))
    let more = 0
    const append = log.append.bind(log)
    log.append = async (topic, records) => {
      // before the records of the rebuild come two of the visitors
      if (topic === topics.interactions && more < 3 && records.some(({ key }) => key === 'user-7')) {
        more += 1
        await append(topic, [{ key: 'user-7', value: encodeInteraction(anEvent('user-7', 100 + more)) }])
        await append(topic, [{ key: 'user-8', value: encodeInteraction({ v: 1, kind: 'forget', userId: 'user-8' }) }])
      }
      return append(topic, records)
    }
    expect(await rebuild()).toEqual({ users: users.length - 1, left: 0 })
    expect(stateOf('user-7')!.profile.history.map(({ eventId }) => eventId)).toEqual([
      ...['e-0', 'e-1', 'e-2'],
      ...['e-101', 'e-102', 'e-103'],
    ])
    expect(stateOf('user-8')).toBeUndefined()
  })

  test('of a rebuilt log ends the same, and events that counted still count once', async () => {
    const { write, rebuild, stateOf } = aWorld()
    await write(...eventsOf(3), ...Array.from({ length: 300 }, (_, n) => anEvent('user-0', n)))
    const before = stateOf('user-0')!
    await rebuild()
    await rebuild()
    await write(...eventsOf(3))
    const { profile, olderBuckets } = stateOf('user-0')!
    expect(profile).toEqual(before.profile)
    expect(olderBuckets).toBe(before.olderBuckets)
  })

  test('does not believe a login that nobody signed, as the embed stage did not', async () => {
    const { log, settled, write, rebuild, stateOf } = aWorld()
    await write(...eventsOf(2))
    const before = users.map((userId) => stateOf(userId)!.profile)
    const login = {
      key: 'user-1',
      value: encodeInteraction({ v: 1, kind: 'identify', userId: 'user-1', into: 'user-2' }),
    }
    await settled(log.append(topics.interactions, [login]))
    expect(users.map((userId) => stateOf(userId)?.profile)).toEqual(before)
    expect(await rebuild()).toEqual({ users: users.length, left: 0 })
    expect(users.map((userId) => stateOf(userId)?.profile)).toEqual(before)
  })

  test('is refused where the log does not go back to its beginning', async () => {
    const { log, write, rebuild } = aWorld(2)
    await write(...eventsOf(1))
    log.startOffsets = async () => [0, 4]
    await expect(rebuild()).rejects.toThrow('partition 1 begins at 4')
  })

  test('is done where an aborted transaction has left a hole before the first record', async () => {
    const { log, world, write, rebuild } = aWorld(1)
    log.startOffsets = async () => [0]
    const partition = world.log.topic(topics.interactions).partitions[0]!
    partition.end = 5
    await write(...eventsOf(1))
    expect(await rebuild()).toEqual({ users: users.length, left: 0 })
  })

  test('ends, and is right, where records stand outside the partition of their user', async () => {
    const { world, write, settled, rebuild, stateOf } = aWorld(3)
    await write(...eventsOf(2))
    const foreign = (...records: InteractionRecord[]) =>
      settled(
        world.log.appendForeign(
          operator,
          topics.interactions,
          records.map((record) => ({ key: record.userId, value: encodeInteraction(record) })),
          'other-hash',
        ),
      )
    await foreign(...users.map((userId) => anEvent(userId, 50)), { v: 1, kind: 'forget', userId: 'user-6' })
    await foreign({ v: 1, kind: 'undo', userId: 'user-1', eventIds: ['e-0'] })
    const before = users.map((userId) => stateOf(userId)?.profile)
    expect(before[0]?.history.map(({ eventId }) => eventId)).toEqual(['e-0', 'e-1', 'e-50'])
    expect(before[1]?.history.map(({ eventId }) => eventId)).toEqual(['e-1', 'e-50'])
    expect(before[6]).toBeUndefined()
    expect(await rebuild()).toEqual({ users: users.length - 1, left: 0 })
    expect(users.map((userId) => stateOf(userId)?.profile)).toEqual(before)
    await foreign(...users.map((userId) => anEvent(userId, 50))) // again, with the restored marks and ids
    expect(stateOf('user-0')?.profile).toEqual(before[0])
  })
})
