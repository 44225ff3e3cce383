import { expect, test } from 'vitest'
import { ManualClock } from '../test/support/manual-clock.ts'
import { WakeTimer } from './wake-timer.ts'

const dayMs = 86_400_000

function aTimer() {
  const clock = new ManualClock(1_000)
  const called: number[] = []
  const errors: unknown[] = []
  let failure: Error | undefined
  const onTime = () => {
    called.push(clock.now())
    if (failure) throw failure
  }
  const timer = new WakeTimer({ clock, onTime, onError: (error) => errors.push(error) })
  return { clock, called, errors, timer, failWith: (error: Error) => (failure = error) }
}

test('calls back once, at the time, however far away it is', async () => {
  const { clock, called, timer } = aTimer()
  timer.set(100 * dayMs)
  await clock.advanceTo(100 * dayMs - 1)
  expect([called, clock.waiting]).toEqual([[], 1])
  await clock.advanceTo(200 * dayMs)
  expect([called, clock.waiting]).toEqual([[100 * dayMs], 0])
})

test('holds the time set last; a time that has passed comes at once', async () => {
  const { clock, called, timer } = aTimer()
  timer.set(5_000)
  timer.set(3_000)
  await clock.advanceTo(6_000)
  expect(called).toEqual([3_000])
  timer.set(2_000)
  await clock.elapse(1)
  expect(called).toEqual([3_000, 6_001])
})

test('waits for the clock, also where that was set back meanwhile', async () => {
  const { clock, called, timer } = aTimer()
  timer.set(5_000)
  clock.jumpTo(500)
  await clock.elapse(4_499)
  expect(called).toEqual([])
  await clock.elapse(1)
  expect(called).toEqual([5_000])
})

test('leaves no sleeper behind where it is stopped', async () => {
  const { clock, called, timer } = aTimer()
  timer.set(5_000)
  timer.stop()
  timer.set(6_000)
  timer.set(undefined)
  await clock.advanceTo(9_000)
  expect([called, clock.waiting]).toEqual([[], 0])
})

test('reports what the callback throws', async () => {
  const { clock, errors, timer, failWith } = aTimer()
  const failure = new Error('no')
  failWith(failure)
  timer.set(2_000)
  await clock.advanceTo(2_000)
  expect(errors).toEqual([failure])
})

test('a clock that fails is reported, and leaves no time set', async () => {
  const failure = new Error('no clock')
  const clock = { now: () => 0, sleep: () => Promise.reject(failure) }
  const reported = new Promise((resolve) => {
    const timer: WakeTimer = new WakeTimer({ clock, onTime: () => {}, onError: (error) => resolve([error, timer.at]) })
    timer.set(5_000)
    expect(timer.at).toBe(5_000)
  })
  expect(await reported).toEqual([failure, undefined])
})
