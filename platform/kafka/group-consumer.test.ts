import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Logger } from '../logger.ts'
import { GroupConsumer } from './group-consumer.ts'
import type { KafkaConnection } from './kafka-connection.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a join that fails for some seconds is no warning; one that goes on failing is, every 10 s', async () => {
  const loading = Object.assign(new Error('the coordinator is loading'), {
    name: 'KafkaJSProtocolError',
    type: 'GROUP_LOAD_IN_PROGRESS',
  })
  let tries = 0
  const use = async () => {
    tries += 1
    throw loading
  }
  const warn = vi.fn()
  const consumer = new GroupConsumer(
    { use, close: async () => {} } as unknown as KafkaConnection,
    {
      groupId: 'shop.embed',
      topics: ['shop.interactions'],
      sessionMs: 6_000,
      rebalanceMs: 10_000,
      heartbeatMs: 300,
      batchRecordsMax: 1,
      fetchWaitMs: 100,
      partitionBytesMax: 1_000,
      nameOf: (topic) => topic,
      logger: { warn, debug() {}, info() {} } as unknown as Logger,
    },
    async () => {},
  )
  await vi.advanceTimersByTimeAsync(9_900)
  expect(tries).toBeGreaterThan(5)
  expect(warn).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(2_100)
  expect(warn.mock.calls).toEqual([
    [{ err: loading, group: 'shop.embed' }, expect.stringContaining('joining the group')],
  ])
  await vi.advanceTimersByTimeAsync(48_000)
  expect(warn.mock.calls.length).toBeGreaterThanOrEqual(4)
  expect(warn.mock.calls.length).toBeLessThanOrEqual(6)
  const stopping = consumer.stop()
  await vi.advanceTimersByTimeAsync(15_000)
  await stopping
})
