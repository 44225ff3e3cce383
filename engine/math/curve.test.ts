import { expect, test } from 'vitest'
import { logCurve } from './curve.ts'

test('the curve is its formula, but for less than 0.0001', () => {
  for (let x = 0; x <= 1.2; x += 0.0003)
    expect(Math.abs(logCurve(x) - Math.log(1 + 200 * Math.min(1, x)) / Math.log(201))).toBeLessThan(1e-4)
  expect([logCurve(0), logCurve(1)]).toEqual([0, 1])
})
