import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { PartitionAppender, type PartitionAppenderOptions } from './partition-appender.ts'
import type { EncodedMessage } from './record-batch.ts'

const message = (key: string): EncodedMessage => ({ key, value: Buffer.from(key), headers: {} })

function appenderTo(send: PartitionAppenderOptions['send']) {
  const appender = new PartitionAppender({ send, lingerMs: 0, batchBytesMax: 100 })
  const add = (keys: readonly string[], bytes = 10, deadline = Number.POSITIVE_INFINITY) =>
    new Promise<number>((resolve, reject) => {
      appender.add({ messages: keys.map(message), bytes, deadline, resolve, reject })
    })
  return { appender, add }
}

/** A partition that answers when told to. */
function partition() {
  const requests: { keys: string[]; answer: (outcome: number | Error) => void }[] = []
  const send = (messages: readonly EncodedMessage[]) =>
    new Promise<number>((resolve, reject) => {
      const answer = (outcome: number | Error) => (typeof outcome === 'number' ? resolve(outcome) : reject(outcome))
      requests.push({ keys: messages.map(({ key }) => key), answer })
    })
  return { requests, send }
}

const settle = () => sleep(5)

describe('appending to one partition', () => {
  test('what comes while a batch is under way shares the next one, and each record learns its own offset', async () => {
    const { requests, send } = partition()
    const { add } = appenderTo(send)
    const first = add(['a'])
    await settle()
    const others = [add(['b', 'c']), add(['d'])]
    await settle()
    expect(requests.map(({ keys }) => keys)).toEqual([['a']])
    requests[0]!.answer(7)
    expect(await first).toBe(7)
    await settle()
    expect(requests[1]!.keys).toEqual(['b', 'c', 'd'])
    requests[1]!.answer(8)
    expect(await Promise.all(others)).toEqual([8, 10])
  })

  test('a batch ends before it is too large', async () => {
    const { requests, send } = partition()
    const { add } = appenderTo(send)
    const all = [add(['a'], 60), add(['b'], 60), add(['c'], 30)]
    await settle()
    expect(requests.map(({ keys }) => keys)).toEqual([['a']])
    requests[0]!.answer(0)
    await settle()
    expect(requests[1]!.keys).toEqual(['b', 'c'])
    requests[1]!.answer(1)
    expect(await Promise.all(all)).toEqual([0, 1, 2])
  })

  test('a batch that failed is sent again before anything that came later', async () => {
    const { requests, send } = partition()
    const { add } = appenderTo(send)
    const first = add(['a'])
    await settle()
    const second = add(['b'])
    requests[0]!.answer(new Error('connection lost'))
    await expect.poll(() => requests.length).toBe(2)
    expect(requests[1]!.keys).toEqual(['a'])
    requests[1]!.answer(0)
    expect(await first).toBe(0)
    await expect.poll(() => requests.length).toBe(3)
    requests[2]!.answer(1)
    expect(await second).toBe(1)
  })

  test('past its deadline an append is rejected, retriable, while its batch is still under way; the next one is not lost', async () => {
    const { requests, send } = partition()
    const { appender, add } = appenderTo(send)
    const late = add(['a'], 10, 1_000)
    await settle()
    const waiting = add(['b'], 10, 1_000)
    const patient = add(['c'], 10, 9_000_000_000)
    appender.expire(999)
    appender.expire(1_000)
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true })
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true })
    requests[0]!.answer(0)
    await expect.poll(() => requests.length).toBe(2)
    expect(requests[1]!.keys).toEqual(['c'])
    requests[1]!.answer(1)
    expect(await patient).toBe(1)
  })

  test('what can never succeed is rejected at once and not retriable', async () => {
    const { requests, send } = partition()
    const { add } = appenderTo(send)
    const append = add(['a'])
    await settle()
    requests[0]!.answer(
      Object.assign(new Error('too large'), { name: 'KafkaJSProtocolError', type: 'MESSAGE_TOO_LARGE' }),
    )
    await expect(append).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: false })
  })
})
