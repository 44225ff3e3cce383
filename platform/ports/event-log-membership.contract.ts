import { describe, expect, test } from 'vitest'
import type { Batch, Consumption } from './event-log.ts'
import { aMoment, aTopic, bytes, eventually, type LogContext, text, uniqueName } from './event-log-support.contract.ts'

/** The part of the contract that is about members of a group that come and go. */
export function describeMembership(context: LogContext): void {
  const appendNumbers = (topic: string, from: number, to: number) =>
    context.log.append(
      topic,
      Array.from({ length: to - from }, (_, i) => ({ key: `user-${from + i}`, value: bytes(`${from + i}`) })),
    )

  describe('two members of a group', () => {
    test('share the partitions, never hold one at the same generation, and together miss nothing', async () => {
      const topic = await aTopic(context, { partitions: 6 })
      const group = uniqueName('group')
      const holders = new Map<string, Set<string>>()
      const seen = { x: new Set<string>(), y: new Set<string>() }
      const partitionsOf = { x: new Set<number>(), y: new Set<number>() }
      const join = (who: 'x' | 'y'): Promise<Consumption> =>
        (who === 'x' ? context.log : context.other).consume(
          { group, topics: [topic], batchRecordsMax: 5 },
          async (batch) => {
            const at = `${batch.generation}/${batch.partition}`
            holders.set(at, (holders.get(at) ?? new Set()).add(who))
            await new Promise((resolve) => setImmediate(resolve))
            partitionsOf[who].add(batch.partition)
            for (const record of batch.records) seen[who].add(text(record)!)
          },
        )
      const both = () => new Set([...seen.x, ...seen.y])

      let [appended, stopped] = [0, false]
      const feeding = (async () => {
        for (; !stopped; await new Promise((resolve) => setTimeout(resolve, 20))) {
          await appendNumbers(topic, appended, appended + 12)
          appended += 12
        }
      })()
      const x = await join('x')
      await eventually(() => partitionsOf.x.size === 6, 'one member having all partitions')
      const y = await join('y')
      await eventually(() => partitionsOf.y.size >= 2, 'the second member having its share')
      partitionsOf.y.clear()
      await x.stop()
      const afterStop = seen.x.size
      await eventually(() => partitionsOf.y.size === 6, 'the second member having all partitions')
      stopped = true
      await feeding
      await eventually(() => both().size === appended, 'every record being read')
      await y.stop()

      expect(seen.x.size).toBe(afterStop)
      expect([...holders.values()].filter((members) => members.size > 1)).toEqual([])
    })

    test('see in a batch whether the partition is still theirs', async () => {
      const topic = await aTopic(context)
      await appendNumbers(topic, 0, 1)
      const owned: boolean[] = []
      let kept: Batch | undefined
      const consumption = await context.log.consume({ group: uniqueName('group'), topics: [topic] }, async (batch) => {
        owned.push(batch.isOwned())
        kept = batch
      })
      await eventually(() => owned.length > 0)
      await consumption.stop()
      expect(owned[0]).toBe(true)
      expect(kept!.isOwned()).toBe(false)
    })
  })

  describe('stopping', () => {
    test('waits for the batch in hand, hands out no other, and ends the consumption', async () => {
      const topic = await aTopic(context)
      const group = uniqueName('group')
      await appendNumbers(topic, 0, 4)
      const handed: (string | null)[] = []
      let finish = () => {}
      const consumption = await context.log.consume(
        { group, topics: [topic], batchRecordsMax: 2 },
        async ({ records }) => {
          handed.push(...records.map(text))
          await new Promise<void>((resolve) => (finish = resolve))
        },
      )
      let ended = false
      void consumption.ended.then(() => (ended = true))
      await eventually(() => handed.length === 2)
      expect(ended).toBe(false)
      const stopped = consumption.stop()
      await aMoment()
      finish()
      await stopped
      await consumption.ended
      await aMoment()
      expect(handed).toEqual(['0', '1'])
      expect(await context.log.committedOffsets(group, topic)).toEqual([2])
    })

    test('twice is once, and closing the log stops what still runs', async () => {
      const topic = await aTopic(context)
      const log = await context.open()
      let calls = 0
      const consumption = await log.consume({ group: uniqueName('group'), topics: [topic] }, async () => void calls++)
      await appendNumbers(topic, 0, 1)
      await eventually(() => calls > 0)
      await log.close()
      await Promise.all([consumption.stop(), consumption.stop(), consumption.ended])
      const before = calls
      await appendNumbers(topic, 1, 2)
      await aMoment()
      expect(calls).toBe(before)
    })
  })
}
