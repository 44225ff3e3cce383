import { describe, expect, test } from 'vitest'
import type { StoredRecord } from './event-log.ts'
import { aMoment, aTopic, bytes, eventually, type LogContext, text } from './event-log-support.contract.ts'

/** The part of the contract that is about following a topic without a group. */
export function describeFollowing(context: LogContext): void {
  const append = (topic: string, key: string, value: string | null) =>
    context.log.append(topic, [{ key, value: value === null ? null : bytes(value) }])

  describe('following from the beginning', () => {
    test('replays every partition before it has caught up, then goes on without a gap', async () => {
      const topic = await aTopic(context, { partitions: 3 })
      const values = Array.from({ length: 60 }, (_, i) => `${i}`)
      await context.log.append(
        topic,
        values.slice(0, 40).map((value) => ({ key: value, value: bytes(value) })),
      )
      const seen: StoredRecord[] = []
      const following = await context.other.follow(
        { topic, from: 'beginning' },
        (records) => void seen.push(...records),
      )
      const appending = (async () => {
        for (const value of values.slice(40)) await append(topic, value, value)
      })()
      await following.caughtUp
      expect(seen.length).toBeGreaterThanOrEqual(40)
      await appending
      await eventually(() => seen.length >= 60)
      await following.stop()

      const positions = seen.map(({ partition, offset }) => `${partition}/${offset}`)
      expect(new Set(positions).size).toBe(60)
      expect(new Set(seen.map(text))).toEqual(new Set(values))
      for (const partition of [0, 1, 2]) {
        const offsets = seen.filter((record) => record.partition === partition).map(({ offset }) => offset)
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
      }
    })

    test('of an empty topic has caught up at once', async () => {
      const topic = await aTopic(context, { partitions: 2 })
      const following = await context.log.follow({ topic, from: 'beginning' }, () => {})
      await following.caughtUp
      await following.stop()
    })

    test('of a compacted topic ends with the newest value of each key, and without the removed ones', async () => {
      const topic = await aTopic(context, { partitions: 2, cleanup: 'compact' })
      for (let round = 0; round < 5; round++) {
        for (const key of ['a', 'b', 'c']) await append(topic, key, `${key}${round}`)
      }
      await append(topic, 'b', null)
      const table = new Map<string, string | null>()
      const following = await context.other.follow({ topic, from: 'beginning' }, (records) => {
        for (const record of records) {
          if (record.value === null) table.delete(record.key)
          else table.set(record.key, text(record))
        }
      })
      await following.caughtUp
      expect(Object.fromEntries(table)).toEqual({ a: 'a4', c: 'c4' })
      await append(topic, 'a', 'a5')
      await eventually(() => table.get('a') === 'a5')
      await following.stop()
    })

    test('by several followers gives each of them everything', async () => {
      const topic = await aTopic(context)
      await append(topic, 'k', 'before')
      const seen: (string | null)[][] = [[], []]
      const followings = await Promise.all(
        [context.log, context.other].map((log, i) =>
          log.follow({ topic, from: 'beginning' }, (records) => void seen[i]!.push(...records.map(text))),
        ),
      )
      await append(topic, 'k', 'after')
      await eventually(() => seen.every((mine) => mine.length >= 2))
      await Promise.all(followings.map((following) => following.stop()))
      expect(seen).toEqual([
        ['before', 'after'],
        ['before', 'after'],
      ])
    })

    test('waits for a handler that takes its time, and gives a record again when the handler rejects', async () => {
      const topic = await aTopic(context)
      for (const value of ['1', '2', '3']) await append(topic, 'k', value)
      const done: (string | null)[] = []
      let [running, overlapped, failures] = [0, false, 1]
      const following = await context.log.follow({ topic, from: 'beginning' }, async (records) => {
        overlapped ||= running++ > 0
        await new Promise((resolve) => setTimeout(resolve, 5))
        running--
        if (failures-- > 0) throw new TypeError('not yet')
        done.push(...records.map(text))
      })
      await following.caughtUp
      await following.stop()
      expect(done).toEqual(['1', '2', '3'])
      expect(overlapped).toBe(false)
    })
  })

  describe('following from offsets', () => {
    test('replays each partition from its offset before it has caught up, then goes on', async () => {
      const topic = await aTopic(context, { partitions: 3 })
      for (let n = 0; n < 30; n++) await append(topic, `key-${n}`, `${n}`)
      const ends = await context.log.endOffsets(topic)
      const from = [Math.max(0, ends[0]! - 2), ends[1]! + 5, 0]
      const seen: StoredRecord[] = []
      const following = await context.other.follow({ topic, from }, (records) => void seen.push(...records))
      await following.caughtUp
      const offsetsOf = (partition: number) =>
        seen.filter((one) => one.partition === partition).map((one) => one.offset)
      const range = (first: number, end: number) => Array.from({ length: end - first }, (_, n) => first + n)
      expect(offsetsOf(0)).toEqual(range(from[0]!, ends[0]!))
      expect(offsetsOf(1)).toEqual([])
      expect(offsetsOf(2)).toEqual(range(0, ends[2]!))
      const replayed = seen.length
      for (let n = 0; n < 30; n++) await append(topic, `key-${n}`, 'new')
      await eventually(() => seen.length >= replayed + 30)
      await following.stop()
      expect(seen.slice(replayed).map(text)).toEqual(Array.from({ length: 30 }, () => 'new'))
    })
  })

  describe('following some partitions', () => {
    test('gives the records of these only, before it has caught up and after', async () => {
      const topic = await aTopic(context, { partitions: 4 })
      for (let n = 0; n < 40; n++) await append(topic, `key-${n}`, `${n}`)
      const ends = await context.log.endOffsets(topic)
      const seen: StoredRecord[] = []
      const from = [0, 1, 0, 2]
      const following = await context.other.follow({ topic, from, partitions: [1, 3] }, (records) => {
        seen.push(...records)
      })
      await following.caughtUp
      expect(seen.length).toBe(ends[1]! - 1 + ends[3]! - 2)
      for (let n = 0; n < 40; n++) await append(topic, `key-${n}`, 'new')
      await eventually(() => seen.length >= 2 * (ends[1]! + ends[3]!) - 3)
      await following.stop()
      expect(new Set(seen.map(({ partition }) => partition))).toEqual(new Set([1, 3]))
    })
  })

  describe('following from the end', () => {
    test('gives only what is appended after the call', async () => {
      const topic = await aTopic(context, { partitions: 2 })
      for (const key of ['a', 'b', 'c']) await append(topic, key, 'old')
      const seen: (string | null)[] = []
      const following = await context.other.follow(
        { topic, from: 'end' },
        (records) => void seen.push(...records.map(text)),
      )
      await following.caughtUp
      for (const key of ['a', 'b', 'c']) await append(topic, key, 'new')
      await eventually(() => seen.length >= 3)
      await following.stop()
      expect(seen).toEqual(['new', 'new', 'new'])
    })

    test('ends with the stop', async () => {
      const topic = await aTopic(context)
      const seen: (string | null)[] = []
      const following = await context.log.follow(
        { topic, from: 'end' },
        (records) => void seen.push(...records.map(text)),
      )
      await following.caughtUp
      await following.stop()
      await append(topic, 'k', 'late')
      await aMoment()
      expect(seen).toEqual([])
    })
  })
}
