import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import { userHash } from '../../schema/causal-token.ts'
import { decodeWatched } from '../../schema/records/watched.ts'
import { WatchedAnnouncer } from './watched-announcer.ts'

let now = 0
const clock = { now: () => now, sleep: async () => {} }
beforeEach(() => {
  now = 1_000_000
  vi.useFakeTimers()
})
afterEach(() => void vi.useRealTimers())

function anAnnouncer(append?: () => Promise<never>) {
  const announced: (readonly string[])[] = []
  const log = {
    append: async (_topic: string, records: readonly { readonly value: Uint8Array | null }[]) => {
      if (append) return append()
      announced.push(...records.map(({ value }) => decodeWatched(value!)))
      return []
    },
  }
  return { announced, announcer: new WatchedAnnouncer({ log, clock, logger: silentLogger }) }
}

test('users who are noted together go in one record, as hashes', async () => {
  const { announced, announcer } = anAnnouncer()
  for (const user of ['ada', 'bob', 'ada']) announcer.note(user)
  await vi.advanceTimersByTimeAsync(100)
  expect(announced).toEqual([[userHash('ada'), userHash('bob')]])
})

test('a user is announced again before the announcement runs out, and not sooner', async () => {
  const { announced, announcer } = anAnnouncer()
  for (const ms of [0, 29_999, 1]) {
    now += ms
    announcer.note('ada')
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(announced).toHaveLength(2)
})

test('one record holds 20,000 users at most', async () => {
  const { announced, announcer } = anAnnouncer()
  for (let n = 0; n < 20_001; n++) announcer.note(`user-${n}`)
  await vi.advanceTimersByTimeAsync(100)
  expect(announced.map((hashes) => hashes.length)).toEqual([20_000])
})

test('a log that refuses does no harm', async () => {
  const { announcer } = anAnnouncer(() => Promise.reject(new Error('full')))
  announcer.note('ada')
  await vi.advanceTimersByTimeAsync(100)
  announcer.close()
})
