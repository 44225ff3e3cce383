import { describe, expect, test } from 'vitest'
import { encodeInteraction } from '../schema/records/interaction.ts'
import { encodePlaced } from '../schema/records/placed.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import { aQuietWorld } from '../test/support/drive.ts'
import { anInteraction, someTime } from '../test/support/interactions.ts'
import type { EventLog } from './ports/event-log.ts'
import { requireSameTopic } from './require-same-topic.ts'

/** A shop of so many partitions, with a list that was made at an offset of the first. */
async function aShop(partitions: number, listMadeAt?: number, madeIn = 0) {
  const world = aQuietWorld(partitions)
  const { log, store, until } = world
  if (listMadeAt !== undefined) {
    const position = { partition: 0, offset: listMadeAt }
    const value = encodePlaced(2, { position, epoch: madeIn }, [])
    await until(store.put(tables.listsByUser, [{ partition: 'ann', value, writeTimestamp: 1n }]))
  }
  const check = (epoch = 0, other: Partial<EventLog> = {}) =>
    until(requireSameTopic({ ...log, ...other }, store, epoch, someTime))
  const write = (records: number, userId = 'ann') =>
    until(
      log.append(
        topics.interactions,
        Array.from({ length: records }, () => ({ key: userId, value: encodeInteraction(anInteraction({ userId })) })),
      ),
    )
  return { check, write, log }
}

describe('topic interactions', () => {
  test('may be new, and may be the same again', async () => {
    const { check, write } = await aShop(3)
    await check()
    await write(3)
    await check()
  })

  test('with partitions that were added is refused, until the epoch is raised', async () => {
    const { check } = await aShop(3)
    await check()
    const grown = { partitionCount: async () => 4, endOffsets: async () => [0, 0, 0, 0] }
    await expect(check(0, grown)).rejects.toThrow(
      'topic interactions has 4 partitions, and 3 in epoch 0: users would change their partition; stop all processes, raise PICKSTREAM_EPOCH by one',
    )
    await check(1, grown)
    await expect(check(1)).rejects.toThrow('has 3 partitions, and 4 in epoch 1')
  })

  test('that was recreated is refused, until the epoch is raised', async () => {
    const { check, write } = await aShop(1, 5)
    await expect(check()).rejects.toThrow(
      'topic interactions/0 ends at 0, and a list of epoch 0 was made at 5: the topic was recreated or truncated',
    )
    await write(5)
    await expect(check()).rejects.toThrow('ends at 5')
    await write(1)
    await check()
  })

  test('that was recreated is accepted with a raised epoch', async () => {
    const { check } = await aShop(1, 5)
    await check(1)
  })

  test('that was recreated is refused also if it is longer than the one before, until the epoch is raised', async () => {
    const { check, write } = await aShop(1, 5)
    await write(9, 'bob')
    await expect(check()).rejects.toThrow(
      'topic interactions/0 has a record of another user at 5, where a list of epoch 0 was made: the topic was recreated; stop all',
    )
    await check(1)
  })

  test('may have lost its oldest records', async () => {
    const { check, write, log } = await aShop(1, 5)
    await write(9)
    const retained = { read: async () => [{ ...(await log.read(topics.interactions, 0, 8, 1))[0]!, key: 'bob' }] }
    await check(0, retained as Partial<EventLog>)
  })

  test('is refused with an epoch below the one that is in use', async () => {
    const { check } = await aShop(1)
    await check(2)
    await expect(check(1)).rejects.toThrow('PICKSTREAM_EPOCH: expected at least 2, which is in use, got 1')
    await check(2)
  })

  test('is not compared with lists of an earlier epoch', async () => {
    const { check } = await aShop(1, 5, 0)
    await check(1)
  })
})
