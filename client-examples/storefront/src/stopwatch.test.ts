import { expect, test } from 'vitest'
import { createStopwatch } from './stopwatch.ts'

test('measures from the click to the list that it caused, once', () => {
  const watch = createStopwatch()
  watch.started('click', 100)
  expect(watch.stopped('click', 130)).toBe(30)
  expect(watch.stopped('click', 500)).toBeUndefined()
})

test('a list has seen every click before the one that caused it: the newest of them counts', () => {
  const watch = createStopwatch()
  watch.started('first', 100)
  watch.started('second', 200)
  expect(watch.stopped('second', 250)).toBe(50)
  expect(watch.stopped('first', 260)).toBeUndefined()
})

test('an event that is not timed counts for the click before it', () => {
  const watch = createStopwatch()
  watch.started('click', 100)
  watch.passed('impression')
  expect(watch.stopped('impression', 140)).toBe(40)
})

test('lists that others caused are not measured', () => {
  const watch = createStopwatch()
  watch.started('click', 100)
  expect(watch.stopped('elsewhere', 120)).toBeUndefined()
  expect(watch.stopped(null, 120)).toBeUndefined()
  expect(watch.stopped('click', 130)).toBe(30)
})
