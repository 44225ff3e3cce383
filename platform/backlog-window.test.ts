import { expect, test } from 'vitest'
import { BacklogWindow, recordsMax, recordsMin } from './backlog-window.ts'

/** Feeds a window so often; a backlog takes `msOf` its size. @returns the sizes */
function feed(window: BacklogWindow, times: number, msOf: (records: number) => number): number[] {
  const sizes: number[] = []
  for (let n = 0, now = 0, end = 0; n < times; n++) {
    sizes.push(window.allowed)
    const committed = end
    end += window.allowed
    window.observe(committed, end, now)
    now += msOf(window.allowed)
    window.observe(end, end, now)
    now++
  }
  return sizes
}

test('the backlog grows up to its bound while it is applied in time', () => {
  const sizes = feed(new BacklogWindow(), 20, () => 20)
  expect([sizes[0], sizes.at(-1)]).toEqual([recordsMin, recordsMax])
})

test('it settles where applying it takes 60 ms', () => {
  const sizes = feed(new BacklogWindow(), 100, (records) => records / 4)
  expect(Math.min(...sizes.slice(50))).toBeGreaterThan(180)
  expect(Math.max(...sizes.slice(50))).toBeLessThanOrEqual(300)
})

test('where even the smallest takes longer, it grows as long as that costs little more', () => {
  const window = new BacklogWindow()
  const busy = feed(window, 100, (records) => 90 + records / 10)
  const mean = busy.reduce((sum, records) => sum + records, 0) / busy.length
  expect(mean).toBeGreaterThan(1.5 * recordsMin)
  expect(Math.max(...busy.slice(50).map((records) => 90 + records / 10))).toBeLessThan(200)
  const quiet = feed(window, 100, (records) => records / 4)
  expect(Math.max(...quiet.slice(50))).toBeLessThanOrEqual(300)
})

test('no backlog that takes longer than 200 ms grows', () => {
  expect(new Set(feed(new BacklogWindow(), 50, () => 300))).toEqual(new Set([recordsMin]))
})
