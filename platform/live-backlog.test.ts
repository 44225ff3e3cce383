import { expect, test } from 'vitest'
import { topics } from '../schema/topics.ts'
import { recordsMin } from './backlog-window.ts'
import { LiveBacklog } from './live-backlog.ts'
import type { EventLog } from './ports/event-log.ts'

interface Progress {
  end: number
  embedded: number
  vectors: number
  ranked: number
}

/** A log of one partition whose stages do something with every look. Time passes only while somebody sleeps. */
function aLog(progress: Progress, onSleep: () => void) {
  let sleeps = 0
  let elapsedMs = 0
  const log: Pick<EventLog, 'endOffsets' | 'committedOffsets'> = {
    endOffsets: async (topic) => [topic === topics.interactions ? progress.end : progress.vectors],
    committedOffsets: async (group) => [group === 'embed' ? progress.embedded : progress.ranked],
  }
  const clock = {
    now: () => 0,
    sleep: async (ms: number) => {
      sleeps++
      elapsedMs += ms
      if (sleeps > 10_000) throw new Error('waits for ever')
      onSleep()
    },
  }
  return { backlog: new LiveBacklog({ log: log as EventLog, clock, elapsed: () => elapsedMs }), sleeps: () => sleeps }
}

test('there is room while nothing waits', async () => {
  const { backlog, sleeps } = aLog({ end: 5, embedded: 5, vectors: 0, ranked: 0 }, () => {})
  expect(await backlog.room(0)).toBe(recordsMin)
  expect(await backlog.room()).toBe(recordsMin)
  expect(sleeps()).toBe(0)
})

test('what waits before the embed stage takes of the room, and a long backlog is waited for', async () => {
  const progress = { end: 30, embedded: 0, vectors: 0, ranked: 0 }
  const { backlog, sleeps } = aLog(progress, () => {
    progress.embedded += 1
  })
  expect(await backlog.room(0)).toBe(recordsMin - 30)
  progress.end = 5_000
  expect(await backlog.room(0)).toBeGreaterThan(0)
  expect(progress.end - progress.embedded).toBeLessThan(1_000)
  expect(sleeps()).toBeGreaterThan(3_000)
})

test('users who wait to be ranked are waited for too', async () => {
  const progress = { end: 0, embedded: 0, vectors: 5_000, ranked: 0 }
  const { backlog } = aLog(progress, () => {
    progress.ranked += 100
  })
  await backlog.room()
  expect(progress.vectors - progress.ranked).toBeLessThanOrEqual(4_000)
})

test('stages that make no progress are waited for no longer than they may stall', async () => {
  const { backlog, sleeps } = aLog({ end: 5_000, embedded: 0, vectors: 0, ranked: 0 }, () => {})
  expect(await backlog.room(0)).toBeGreaterThan(0)
  expect(sleeps()).toBeGreaterThan(0)
})

test('after stop() nobody waits', async () => {
  const { backlog, sleeps } = aLog({ end: 5_000, embedded: 0, vectors: 0, ranked: 0 }, () => {})
  backlog.stop()
  expect(await backlog.room(0)).toBeGreaterThan(0)
  expect(sleeps()).toBe(0)
})
