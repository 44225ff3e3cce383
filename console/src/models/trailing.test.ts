import { expect, test } from 'vitest'
import { trailing } from './trailing.ts'

const hour = (n: number, scored: number, hitRate: number) => ({
  hour: new Date(Date.UTC(2025, 0, 1, n)).toISOString(),
  scored,
  hitRate,
  meanReciprocalRank: hitRate / 2,
})

test('an hour counts by what was scored in it', () => {
  const [, second] = trailing([hour(0, 99, 0.5), hour(1, 1, 1)], 6)
  expect(second!.hitRate).toBeCloseTo(0.505)
  expect(second!.meanReciprocalRank).toBeCloseTo(0.2525)
})

test('an hour leaves the window, and one without events has the hours before it', () => {
  const shares = trailing([hour(0, 10, 0.2), hour(2, 10, 0.4), hour(5, 10, 1)], 3).map(({ hitRate }) => hitRate)
  expect(shares.map((share) => share?.toFixed(2) ?? null)).toEqual(['0.20', '0.20', '0.30', '0.40', '0.40', '1.00'])
})

test('a window in which nothing was scored has no share', () => {
  expect(trailing([hour(0, 1, 1), hour(4, 1, 1)], 2).map(({ hitRate }) => hitRate)).toEqual([1, 1, null, null, 1])
  expect(trailing([], 6)).toEqual([])
})
