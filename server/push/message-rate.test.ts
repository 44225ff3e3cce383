import { expect, test } from 'vitest'
import { MessageRate } from './message-rate.ts'

test('each second has its messages, also when the clock is set back', () => {
  const rate = new MessageRate(2)
  const taken = [5_000, 5_000, 5_999, 6_000, 6_000, 6_001, 1_000].map((now) => rate.take(now))
  expect(taken).toEqual([true, true, false, true, true, false, true])
})
