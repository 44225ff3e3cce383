import { expect, test } from 'vitest'
import type { LogRecord } from '../../platform/ports/event-log.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import { decodeList } from '../../schema/records/list.ts'
import { tables } from '../../schema/tables.ts'
import { type TopicName, topics } from '../../schema/topics.ts'
import { anInteraction } from '../support/interactions.ts'
import { Dice } from './dice.ts'
import { calm } from './scheduler.ts'
import { World } from './world.ts'

const user = 'ann'
const forget: InteractionRecord = { v: 1, kind: 'forget', userId: user }

/** One partition, and the embed stage alone: what follows from its records waits in the topics. */
async function aWorld(...records: InteractionRecord[]) {
  const world = new World({ dice: new Dice(1), weather: calm, partitions: 1 })
  const writer = world.log.forOwner({ name: 'writer', alive: true })
  const rest = async () => {
    for (let looks = 0; looks < 20; looks++) {
      await world.drain()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const write = async (topic: TopicName, ...some: LogRecord[]) => {
    const written = writer.append(topic, some)
    await rest()
    await written
  }
  const interact = (record: InteractionRecord) =>
    write(topics.interactions, { key: user, value: encodeInteraction(record) })
  world.start(['embed'])
  for (const record of records) await interact(record)
  return {
    interact,
    records: (topic: TopicName) => world.records(topic),
    /** As a worker writes that has lost the partition: the record at `offset` once more, and then compaction comes. */
    async writeLate(topic: TopicName, offset: number) {
      await write(topic, world.records(topic)[offset]!)
      world.log.topic(topic).compact(0, Number.MAX_SAFE_INTEGER)
    },
    start: async (...stages: Parameters<World['start']>[0][number][]) => {
      world.start(stages)
      await rest()
    },
    list: () => {
      const bytes = world.store.rows(tables.listsByUser).get(`${user}/`)
      return bytes && decodeList(bytes)
    },
  }
}

const [first, second] = [anInteraction({ userId: user, eventId: 'a' }), anInteraction({ userId: user, eventId: 'b' })]

test('a user whose newest vector was compacted away for an older one gets a list of the newest state', async () => {
  const world = await aWorld(first, second)
  await world.writeLate(topics.userVectors, 0)
  await world.start('recommend', 'sink', 'backfill')
  expect(world.list()?.position.offset).toBe(2) // the request for a new list stands at 2
})

test('a user whose first vector was compacted away for an erasure of before gets a list', async () => {
  const world = await aWorld(first, forget, second)
  await world.writeLate(topics.userVectors, 1)
  await world.start('recommend', 'sink', 'backfill')
  expect(world.list()?.position.offset).toBe(3)
})

test('an erased user whose erasure was compacted away for a vector of before has no list', async () => {
  const world = await aWorld(first, forget)
  await world.writeLate(topics.userVectors, 0)
  await world.start('recommend', 'sink', 'backfill')
  expect(world.list()).toBeUndefined()
  expect(world.records(topics.userVectors).at(-1)?.value).toBeNull()
})

test('a user whose newest list was compacted away for an older one before it was stored gets one', async () => {
  const world = await aWorld(first)
  await world.start('recommend')
  await world.interact(second)
  await world.writeLate(topics.lists, 0)
  await world.start('sink', 'backfill')
  expect(world.list()?.position.offset).toBe(2)
})

test('whoever reads all records asks for no list', async () => {
  const world = await aWorld(first, second)
  await world.start('recommend', 'sink', 'backfill')
  expect(world.list()?.position.offset).toBe(1)
  expect(world.records(topics.backfill)).toEqual([])
})
