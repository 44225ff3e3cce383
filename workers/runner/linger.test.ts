import { expect, test } from 'vitest'
import { Linger } from './linger.ts'

/** @returns after how many looks `keys` are due; each look finds so many records */
function looksUntilDue(linger: Linger, keys: number, found: number): number {
  for (let looks = 0; looks <= 2_000; looks++) {
    if (!linger.holds(keys)) return looks
    linger.look(found)
  }
  throw new Error('held for ever')
}

test('what waits is due once nothing more comes, at the latest after 1,000 looks, and at once from 3,000 keys on', () => {
  expect(looksUntilDue(new Linger(), 5, 0)).toBe(30)
  expect(looksUntilDue(new Linger(), 5, 1)).toBe(1_000)
  expect(looksUntilDue(new Linger(), 3_000, 1)).toBe(0)
})

test('all that was due is run before more is held back', () => {
  const linger = new Linger()
  looksUntilDue(linger, 5, 0)
  linger.done(3)
  expect(linger.holds(2)).toBe(false)
  linger.done(2)
  expect(looksUntilDue(linger, 1, 0)).toBe(30)
})
