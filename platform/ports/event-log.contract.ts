import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../schema/app-error.ts'
import type { TopicSpec } from '../../schema/topics.ts'
import { partitionOf } from '../partitioner.ts'
import type { EventLog } from './event-log.ts'
import { describeConsuming } from './event-log-consuming.contract.ts'
import { describeFollowing } from './event-log-following.contract.ts'
import { describeMembership } from './event-log-membership.contract.ts'
import { aTopic, bytes, type LogContext, readAll, text, uniqueName } from './event-log-support.contract.ts'

/**
 * What every EventLog promises, as tests. Written for logs that take their time: members join when they join, so the
 * tests wait for what must come and assert what must never come on the way.
 *
 * @param open another client of the same log at every call; the suite closes it. Topics and groups are the suite's own.
 */
export function eventLogContract(name: string, open: () => Promise<EventLog>): void {
  describe(`EventLog on ${name}`, { timeout: 90_000 }, () => {
    const context = {} as LogContext
    const opened: EventLog[] = []

    beforeAll(async () => {
      context.open = async () => {
        const log = await open()
        opened.push(log)
        return log
      }
      ;[context.log, context.other] = await Promise.all([context.open(), context.open()])
    })
    afterAll(async () => {
      await Promise.all(opened.map((log) => log.close()))
    })

    describe('topics', () => {
      test('may be created twice and by several instances at once', async () => {
        const spec: TopicSpec = { name: uniqueName('topic'), partitions: 3, cleanup: 'delete' }
        await Promise.all([context.log.createTopics([spec]), context.other.createTopics([spec])])
        await context.log.createTopics([spec])
        expect(await context.log.partitionCount(spec.name)).toBe(3)
        expect(await context.other.partitionCount(spec.name)).toBe(3)
        expect(await context.other.endOffsets(spec.name)).toEqual([0, 0, 0])
      })

      test('that do not exist are refused', async () => {
        await expect(context.log.append(uniqueName('missing'), [{ key: 'k', value: null }])).rejects.toThrow(AppError)
      })
    })

    describe('appending', () => {
      test('gives every record its position, in the order asked, and reading there finds it', async () => {
        const topic = await aTopic(context, { partitions: 4 })
        const records = Array.from({ length: 40 }, (_, i) => ({ key: `user-${i}`, value: bytes(`v${i}`) }))
        const positions = await context.log.append(topic, records)
        expect(positions).toHaveLength(40)
        for (const [i, { partition, offset }] of positions.entries()) {
          const [found] = await context.other.read(topic, partition, offset, 1)
          expect(found).toMatchObject({ topic, partition, offset, key: `user-${i}` })
          expect(text(found!)).toBe(`v${i}`)
        }
        const ends = await context.log.endOffsets(topic)
        expect(ends.reduce((sum, end) => sum + end, 0)).toBe(40)
        expect(await context.log.startOffsets(topic)).toEqual([0, 0, 0, 0])
      })

      test('of nothing gives no positions', async () => {
        expect(await context.log.append(await aTopic(context), [])).toEqual([])
      })

      test("puts a key where Kafka's own clients put it", async () => {
        const topic = await aTopic(context, { partitions: 5 })
        const keys = ['user-1', 'user-2', 'ключ', '鍵-😀', 'a', 'x'.repeat(300), "quote ' nul \u0000"]
        const positions = await context.log.append(
          topic,
          keys.map((key) => ({ key, value: bytes(key) })),
        )
        expect(positions.map(({ partition }) => partition)).toEqual(keys.map((key) => partitionOf(key, 5)))
        const found = (await readAll(context.log, topic)).map(({ key }) => key)
        expect(found.sort()).toEqual([...keys].sort())
      })

      test('keeps the order of a key over many calls', async () => {
        const topic = await aTopic(context, { partitions: 3 })
        for (let call = 0; call < 10; call++) {
          await context.log.append(
            topic,
            ['a', 'b', 'c', 'a'].map((key, i) => ({ key, value: bytes(`${call}.${i}`) })),
          )
        }
        const found = await readAll(context.log, topic)
        const ofA = found.filter(({ key }) => key === 'a').map(text)
        expect(ofA).toEqual(Array.from({ length: 10 }, (_, call) => [`${call}.0`, `${call}.3`]).flat())
      })

      test('keeps the order of calls that do not wait for each other', async () => {
        const topic = await aTopic(context, { partitions: 1 })
        await Promise.all(
          Array.from({ length: 50 }, (_, i) => context.log.append(topic, [{ key: 'k', value: bytes(`${i}`) }])),
        )
        expect((await readAll(context.log, topic)).map(text)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
      })

      test('by two instances at once loses nothing and gives no position twice', async () => {
        const topic = await aTopic(context, { partitions: 2 })
        const by = (log: EventLog, who: string) =>
          Promise.all(
            Array.from({ length: 100 }, (_, i) => log.append(topic, [{ key: `${who}-${i}`, value: bytes(who) }])),
          )
        const positions = (await Promise.all([by(context.log, 'x'), by(context.other, 'y')])).flat(2)
        expect(new Set(positions.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(200)
        const found = await readAll(context.log, topic)
        expect(new Set(found.map(({ key }) => key)).size).toBe(200)
        expect(found).toHaveLength(200)
      })
    })

    describe('a record', () => {
      test.each([
        ['no value', null],
        ['an empty value', Buffer.alloc(0)],
        ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
        ['half a megabyte', randomBytes(512 * 1024)],
      ])('with %s comes back as it was', async (_, value) => {
        const topic = await aTopic(context)
        await context.log.append(topic, [{ key: 'k', value }])
        const [found] = await context.log.read(topic, 0, 0, 10)
        if (value === null) expect(found!.value).toBeNull()
        else expect(Buffer.compare(Buffer.from(found!.value!), value)).toBe(0)
      })

      test('keeps its headers, and has none where none were given', async () => {
        const topic = await aTopic(context)
        const headers = { traceparent: '00-abc', 'x-größe': '😀', empty: '' }
        await context.log.append(topic, [
          { key: 'k', value: bytes('v'), headers },
          { key: 'k', value: bytes('v') },
        ])
        const found = await context.log.read(topic, 0, 0, 10)
        expect(found.map((record) => record.headers)).toEqual([headers, {}])
      })

      test('says when the log took it in', async () => {
        const topic = await aTopic(context)
        await context.log.append(topic, [{ key: 'k', value: null }])
        const [found] = await context.log.read(topic, 0, 0, 1)
        expect(Number.isInteger(found!.appendedAt)).toBe(true)
        expect(found!.appendedAt).toBeGreaterThan(1_600_000_000_000)
      })
    })

    describe('reading a slice', () => {
      test('begins at the offset, ends at the limit, and is empty past the end', async () => {
        const topic = await aTopic(context)
        await context.log.append(
          topic,
          Array.from({ length: 30 }, (_, i) => ({ key: 'k', value: bytes(`${i}`) })),
        )
        const slice = await context.log.read(topic, 0, 7, 5)
        expect(slice.map(text)).toEqual(['7', '8', '9', '10', '11'])
        expect((await context.log.read(topic, 0, 28, 5)).map(text)).toEqual(['28', '29'])
        expect(await context.log.read(topic, 0, 30, 5)).toEqual([])
      })
    })

    describeConsuming(context)
    describeMembership(context)
    describeFollowing(context)
  })
}
