import { expect, test } from 'vitest'
import { liftText } from './lift-text.ts'

test('a lift is told with its interval and what it says', () => {
  expect(liftText({ value: 0.12, low: 0.031, high: 0.218, verdict: 'BETTER' })).toBe(
    '+12.0 % (+3.1 % to +21.8 %): better',
  )
  expect(liftText({ value: -0.05, low: -0.2, high: 0.1, verdict: 'NO_DIFFERENCE' })).toBe(
    '-5.0 % (-20.0 % to +10.0 %): no difference shown',
  )
  expect(liftText({ value: 0.5, low: null, high: null, verdict: 'TOO_EARLY' })).toBe('+50.0 %: too early to tell')
  expect(liftText({ value: null, low: null, high: null, verdict: 'TOO_EARLY' })).toBe('too early to tell')
})
