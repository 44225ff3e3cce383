import { expect, test } from 'vitest'
import type { Batch } from '../../platform/ports/event-log.ts'
import { latencyBounds } from '../../schema/records/stage-status.ts'
import { createMeter } from './meter.ts'

const now = 1_000_000

/** Records that were accepted so many ms before `now`. */
const aBatch = (...ages: (number | undefined)[]): Pick<Batch, 'records'> => ({
  records: ages.map((age, offset) => ({
    topic: 't',
    partition: 0,
    offset,
    appendedAt: 0,
    key: 'k',
    value: null,
    headers: bornBefore(age),
  })),
})

function bornBefore(age: number | undefined): Record<string, string> {
  return age === undefined ? {} : { born: String(now - age) }
}

test('a report has the rate and the times of its second, and counts that only grow', () => {
  const meter = createMeter({ stage: 'sink', instance: 'i', startedAt: now - 1_000 })
  meter.done(aBatch(1, 3, 100, 20_000, undefined), 2, now)
  const first = meter.report(now)
  expect(first).toMatchObject({ stage: 'sink', processed: 5, processedPerSecond: 5, deadLetters: 2 })
  expect(first.p99Ms).toBeGreaterThan(19_000)
  const bucketOf = (seconds: number) => first.latency!.counts[(latencyBounds as readonly number[]).indexOf(seconds)]
  expect([bucketOf(0.001), bucketOf(0.005), bucketOf(0.1), first.latency!.counts.at(-1)]).toEqual([1, 1, 1, 1])
  expect(first.latency!.sumSeconds).toBeCloseTo(20.104)

  meter.done(aBatch(1), 0, now)
  const second = meter.report(now + 1_000)
  expect(second).toMatchObject({ processed: 6, processedPerSecond: 1, deadLetters: 2 })
  expect(second.latency!.counts[(latencyBounds as readonly number[]).indexOf(0.001)]).toBe(2)
  expect(first.latency!.counts[(latencyBounds as readonly number[]).indexOf(0.001)]).toBe(1)
})
