import { describe, expect, test } from 'vitest'
import { AppError } from '../../schema/app-error.ts'
import type { Batch } from './event-log.ts'
import { aTopic, bytes, eventually, type LogContext, text, uniqueName } from './event-log-support.contract.ts'

/** The part of the contract that is about groups. */
export function describeConsuming(context: LogContext): void {
  const appendNumbers = (topic: string, from: number, to: number) =>
    context.log.append(
      topic,
      Array.from({ length: to - from }, (_, i) => ({ key: `user-${from + i}`, value: bytes(`${from + i}`) })),
    )
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `${from + i}`)
  const sorted = (values: readonly (string | null)[]) => [...values].sort((a, b) => Number(a) - Number(b))

  describe('a group', () => {
    test('reads what was there before and what comes after, in order, in batches of one partition', async () => {
      const topic = await aTopic(context, { partitions: 3 })
      await appendNumbers(topic, 0, 60)
      const batches: Batch[] = []
      const seen = () => batches.flatMap(({ records }) => records.map(text))
      const consumption = await context.log.consume(
        { group: uniqueName('group'), topics: [topic], batchRecordsMax: 7 },
        async (batch) => {
          batches.push(batch)
        },
      )
      await eventually(() => seen().length >= 60)
      await appendNumbers(topic, 60, 90)
      await eventually(() => seen().length >= 90)
      await consumption.stop()

      expect(sorted(seen())).toEqual(numbers(0, 90))
      const next = new Map<number, number>()
      for (const { topic: from, partition, records } of batches) {
        expect(from).toBe(topic)
        expect(records.length).toBeGreaterThan(0)
        expect(records.length).toBeLessThanOrEqual(7)
        for (const record of records) {
          expect(record.partition).toBe(partition)
          expect(record.offset).toBeGreaterThanOrEqual(next.get(partition) ?? 0)
          next.set(partition, record.offset + 1)
        }
      }
    })

    test('takes what waits into a batch: it is given again with it, from what was committed on, and then never', async () => {
      const topic = await aTopic(context)
      await appendNumbers(topic, 0, 20)
      const given: (string | null)[][] = []
      const group = uniqueName('group')
      const options = { group, topics: [topic], batchRecordsMax: 4 }
      const consumption = await context.log.consume(options, async (batch) => {
        const records = [...batch.records]
        given.push(records.map(text))
        if (given.length > 2) return
        while (records.length < 12) {
          const more = batch.readAhead(12 - records.length)
          records.push(...more)
          if (more.length === 0) await new Promise((resolve) => setTimeout(resolve, 5)) // not fetched yet
        }
        expect(records.map(text)).toEqual(given.length === 1 ? numbers(0, 12) : numbers(6, 18))
        if (given.length === 1) {
          batch.commitBefore(records[6]!.offset)
          throw new Error('given again')
        }
      })
      await eventually(() => given.flat().includes('19'))
      await consumption.stop()
      expect(given).toEqual([numbers(0, 4), numbers(6, 12), numbers(18, 20)])
      expect(await context.log.committedOffsets(group, topic)).toEqual([20])
    })

    test('takes several topics', async () => {
      const [first, second] = [await aTopic(context), await aTopic(context, { partitions: 2 })]
      await Promise.all([appendNumbers(first, 0, 10), appendNumbers(second, 10, 20)])
      const seen: (string | null)[] = []
      const consumption = await context.log.consume(
        { group: uniqueName('group'), topics: [first, second] },
        async (batch) => {
          seen.push(...batch.records.map(text))
        },
      )
      await eventually(() => seen.length >= 20)
      await consumption.stop()
      expect(sorted(seen)).toEqual(numbers(0, 20))
    })

    test('is independent of other groups', async () => {
      const topic = await aTopic(context)
      await appendNumbers(topic, 0, 20)
      const seen: (string | null)[][] = [[], []]
      const consumptions = await Promise.all(
        seen.map((mine) =>
          context.log.consume({ group: uniqueName('group'), topics: [topic] }, async ({ records }) => {
            mine.push(...records.map(text))
          }),
        ),
      )
      await eventually(() => seen.every((mine) => mine.length >= 20))
      await Promise.all(consumptions.map((consumption) => consumption.stop()))
      expect(seen).toEqual([numbers(0, 20), numbers(0, 20)])
    })
  })

  describe('a batch whose handler rejects', () => {
    test.each([
      ['an error of ours', () => new AppError('UNAVAILABLE', { message: 'the store is away' })],
      // A client library may take these for programming errors and give up for good.
      ['a TypeError', () => new TypeError('undefined is not a function')],
      ['a SyntaxError', () => new SyntaxError('Unexpected token')],
    ])('with %s is given again before anything later, and nothing is skipped', async (_, anError) => {
      const topic = await aTopic(context)
      await appendNumbers(topic, 0, 10)
      const firsts: (string | null)[] = []
      const done: (string | null)[] = []
      let failures = 2
      const consumption = await context.log.consume(
        { group: uniqueName('group'), topics: [topic], batchRecordsMax: 4 },
        async (batch) => {
          firsts.push(text(batch.records[0]!))
          if (batch.records.some((record) => text(record) === '5') && failures-- > 0) throw anError()
          done.push(...batch.records.map(text))
        },
      )
      await eventually(() => done.length >= 10)
      await appendNumbers(topic, 10, 12)
      await eventually(() => done.length >= 12)
      await consumption.stop()
      expect(done).toEqual(numbers(0, 12))
      expect(firsts.length).toBeGreaterThanOrEqual(5)
    })

    test('does not hold up other partitions', async () => {
      const topic = await aTopic(context, { partitions: 4 })
      const positions = await appendNumbers(topic, 0, 40)
      const poisoned = positions[0]!.partition
      const healthy = positions.filter(({ partition }) => partition !== poisoned).length
      let [attempts, done] = [0, 0]
      const consumption = await context.log.consume({ group: uniqueName('group'), topics: [topic] }, async (batch) => {
        if (batch.partition === poisoned) {
          attempts++
          throw new Error('poison')
        }
        done += batch.records.length
      })
      await eventually(() => done === healthy && attempts >= 2)
      await consumption.stop(0)
    })
  })

  describe('what was committed', () => {
    test('is not given to a later member', async () => {
      const topic = await aTopic(context, { partitions: 2 })
      const group = uniqueName('group')
      await appendNumbers(topic, 0, 20)
      const seen: (string | null)[][] = [[], []]
      const first = await context.log.consume({ group, topics: [topic] }, async ({ records }) => {
        seen[0]!.push(...records.map(text))
      })
      await eventually(() => seen[0]!.length >= 20)
      await first.stop()
      expect(await context.other.committedOffsets(group, topic)).toEqual(await context.other.endOffsets(topic))

      await appendNumbers(topic, 20, 30)
      const second = await context.other.consume({ group, topics: [topic] }, async ({ records }) => {
        seen[1]!.push(...records.map(text))
      })
      await eventually(() => seen[1]!.length >= 10)
      await second.stop()
      expect(seen.map(sorted)).toEqual([numbers(0, 20), numbers(20, 30)])
    })

    test('is nothing for a group that never was', async () => {
      const topic = await aTopic(context, { partitions: 2 })
      expect(await context.log.committedOffsets(uniqueName('group'), topic)).toEqual([0, 0])
    })

    test('does not hold a batch that was still in hand when its member was cut off', async () => {
      const topic = await aTopic(context)
      const group = uniqueName('group')
      await appendNumbers(topic, 0, 6)
      const handed: string[] = []
      let release = () => {}
      const first = await context.log.consume({ group, topics: [topic], batchRecordsMax: 2 }, async ({ records }) => {
        handed.push(...records.map((record) => text(record)!))
        if (handed.includes('2')) await new Promise<void>((resolve) => (release = resolve))
      })
      await eventually(() => handed.includes('2'))
      await first.stop(0)

      const seen: (string | null)[] = []
      const second = await context.other.consume({ group, topics: [topic] }, async ({ records }) => {
        seen.push(...records.map(text))
      })
      await eventually(() => seen.includes('5'))
      release()
      await second.stop()
      expect(seen.slice(-4)).toEqual(numbers(2, 6))
    })
  })
}
