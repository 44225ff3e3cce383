import { expect, test } from 'vitest'
import { actedHeaders } from '../../schema/records/headers.ts'
import { ImpressionPace, impressionIntervalMs } from './impression-pace.ts'

const vector = (key: string, acted: number) => ({ key, headers: actedHeaders(acted) })

test('of a user with impressions alone a list is made once an interval; anything else is due at once', () => {
  const clock = { time: 5_000, now: () => clock.time }
  const pace = new ImpressionPace(clock)
  const makes = (record: ReturnType<typeof vector>) => {
    if (pace.holds(record)) return false
    pace.ranked([record])
    return true
  }
  expect(makes(vector('ann', 7))).toBe(true)
  expect(makes(vector('ann', 7))).toBe(false)
  expect(makes(vector('bob', 7))).toBe(true)
  clock.time += impressionIntervalMs - 1
  expect(makes(vector('ann', 7))).toBe(false)
  expect(makes(vector('ann', 8))).toBe(true) // a click and impressions of one batch
  clock.time += impressionIntervalMs
  expect(makes(vector('ann', 8))).toBe(true)
  expect(makes(vector('ann', 8))).toBe(false)
})

test('a vector of an earlier release, a clock that was set back and a user that fell out hold nothing', () => {
  const clock = { time: 5_000, now: () => clock.time }
  const pace = new ImpressionPace(clock, 1)
  pace.ranked([vector('ann', 7)])
  expect(pace.holds({ key: 'ann', headers: {} })).toBe(false)
  clock.time -= 1
  expect(pace.holds(vector('ann', 7))).toBe(false)
  clock.time += 1
  pace.ranked([vector('bob', 7)])
  expect([pace.holds(vector('ann', 7)), pace.holds(vector('bob', 7))]).toEqual([false, true])
})

test('a user is forgotten once the interval has passed, and the oldest where there are too many', () => {
  const clock = { time: 5_000, now: () => clock.time }
  const pace = new ImpressionPace(clock, 3)
  pace.ranked([vector('ann', 7), vector('bob', 7)])
  clock.time += impressionIntervalMs - 1
  pace.ranked([vector('bob', 8), vector('cleo', 7)])
  expect(pace.size).toBe(3)
  clock.time += 1
  pace.ranked([vector('dan', 7)])
  expect(pace.size).toBe(3) // ann's interval is over, bob's began again
  expect(['ann', 'bob', 'cleo', 'dan'].map((key) => pace.holds(vector(key, 7)))).toEqual([false, true, true, true])
  pace.ranked([vector('eve', 7)])
  expect(['bob', 'cleo', 'dan', 'eve'].map((key) => pace.holds(vector(key, 7)))).toEqual([false, true, true, true])
})
