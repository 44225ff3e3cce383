import { describe, expect, test } from 'vitest'
import { encodePlaced } from '../schema/records/placed.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import { aQuietWorld } from '../test/support/drive.ts'
import { someTime } from '../test/support/interactions.ts'
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
  const write = (records: number) =>
    until(
      log.append(
        topics.interactions,
        Array.from({ length: records }, () => ({ key: 'ann', value: null })),
      ),
    )
  return { check, write }
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

  test('that was made anew is refused, until the epoch is raised', async () => {
    const { check, write } = await aShop(1, 5)
    await expect(check()).rejects.toThrow(
      'topic interactions/0 ends at 0, and a list of epoch 0 was made at 5: the topic was recreated or truncated',
    )
    await check(1)
    await write(5)
    await expect(check()).rejects.toThrow('ends at 5')
    await write(1)
    await check()
  })

  test('is not compared with lists of an earlier epoch', async () => {
    const { check } = await aShop(1, 5, 0)
    await check(1)
  })
})
