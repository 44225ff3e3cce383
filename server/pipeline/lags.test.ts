import { expect, test, vi } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { Lags } from './lags.ts'

/** A log with 5 records of each topic, of which 2 are done. A topic that is `silent` is not answered. */
function measuring() {
  const silent = new Set<string>()
  let now = 0
  let rounds = 0
  const answer = <T>(topic: string, offsets: T) =>
    silent.has(topic) ? new Promise<T>(() => {}) : Promise.resolve(offsets)
  const log = {
    committedOffsets: (_group: string, topic: string) => answer(topic, [2]),
    endOffsets: (topic: string) => answer(topic, [5]),
  } as unknown as EventLog
  const clock = {
    now: () => now,
    sleep: async () => {
      rounds += 1
      await new Promise((resolve) => setTimeout(resolve, 1))
    },
  }
  const lags = new Lags({ log, clock, logger: silentLogger })
  const nextRound = async () => {
    const before = rounds
    await vi.waitUntil(() => rounds > before + 1)
  }
  return { lags, silent, nextRound, pass: (ms: number) => (now += ms) }
}

test('a lag that can no longer be measured is unknown after 10 s, and those of other stages stay known', async () => {
  const { lags, silent, nextRound, pass } = measuring()
  expect(lags.isMeasured()).toBe(true)
  lags.note('embed', 'interactions')
  lags.note('sink', 'lists')
  expect(lags.of('embed')).toBeUndefined()
  expect(lags.of('train')).toBe(0)
  const running = lags.keepMeasuring()
  await vi.waitUntil(() => lags.of('embed') === 3 && lags.of('sink') === 3)

  silent.add('lists')
  pass(10_001)
  await nextRound()
  expect([lags.of('embed'), lags.of('sink'), lags.isMeasured()]).toEqual([3, undefined, true])
  silent.add('interactions')
  await nextRound()
  pass(10_001)
  expect([lags.of('embed'), lags.of('sink'), lags.isMeasured()]).toEqual([undefined, undefined, false])
  await running.stop()
})
