import { describe, expect, test } from 'vitest'
import { estimate, liftOf, meanPerUser, ratioOfSums, shareOfUsers } from './intervals.ts'
import { seededRandom } from './random.ts'

interface User {
  readonly shown: number
  readonly spent: number
}

const sums = (users: readonly User[], of: (user: User) => number) => ({
  users: users.length,
  sum: users.reduce((sum, user) => sum + of(user), 0),
  squares: users.reduce((sum, user) => sum + of(user) ** 2, 0),
})
const products = (users: readonly User[]) => users.reduce((sum, { shown, spent }) => sum + shown * spent, 0)

/** Users who differ much: some see ten times as much and click ten times as often. */
function crowd(random: () => number, count: number, factor = 1): User[] {
  return Array.from({ length: count }, () => {
    const shown = 1 + Math.floor(20 * random() ** 3)
    const taste = random() ** 2
    let spent = 0
    for (let n = 0; n < shown; n++) if (random() < taste * 0.3 * factor) spent++
    return { shown, spent }
  })
}

describe('95 % intervals', () => {
  test('of the mean per user and of a ratio hold the true value about 95 times of 100', () => {
    const random = seededRandom(3)
    const all = crowd(random, 200_000)
    const trueMean = sums(all, ({ spent }) => spent).sum / all.length
    const trueRatio = sums(all, ({ spent }) => spent).sum / sums(all, ({ shown }) => shown).sum
    const rounds = 1000
    let means = 0
    let ratios = 0
    for (let n = 0; n < rounds; n++) {
      const users = crowd(random, 300)
      const y = sums(users, ({ spent }) => spent)
      const mean = meanPerUser(y)
      if (mean.low <= trueMean && trueMean <= mean.high) means++
      const ratio = ratioOfSums(
        y,
        sums(users, ({ shown }) => shown),
        products(users),
      )
      if (ratio.low <= trueRatio && trueRatio <= ratio.high) ratios++
    }
    for (const held of [means, ratios]) {
      expect(held / rounds).toBeGreaterThan(0.92)
      expect(held / rounds).toBeLessThan(0.98)
    }
  })

  test('of a lift hold the true lift about 95 times of 100, and 0 where there is none', () => {
    const random = seededRandom(5)
    const mean = (factor: number) => meanPerUser(sums(crowd(random, 400, factor), ({ spent }) => spent))
    let held = 0
    let heldNone = 0
    for (let n = 0; n < 500; n++) {
      const lift = liftOf(mean(1.5), mean(1))!
      if (lift.low <= 0.5 && 0.5 <= lift.high) held++
      const none = liftOf(mean(1), mean(1))!
      if (none.low <= 0 && 0 <= none.high) heldNone++
    }
    for (const times of [held, heldNone]) {
      expect(times / 500).toBeGreaterThan(0.92)
      expect(times / 500).toBeLessThan(0.98)
    }
  })

  test('of a share of 0 or 1 are as wide as the number of users allows', () => {
    expect(shareOfUsers(estimate(0, 0), 2)).toEqual({ value: 0, low: 0, high: 1 - Math.sqrt(0.025) })
    expect(shareOfUsers(estimate(0, 0), 100).high).toBeCloseTo(0.0362, 4)
    expect(shareOfUsers(estimate(1, 0), 100).low).toBeCloseTo(0.9638, 4)
    expect(shareOfUsers(estimate(1.2, 0.01), 100)).toMatchObject({ value: 1, high: 1 })
    expect(shareOfUsers(estimate(0, Number.POSITIVE_INFINITY), 0)).toEqual({ value: 0, low: 0, high: 1 })
    const usual = estimate(0.2, 0.0001)
    expect(shareOfUsers(usual, 50)).toEqual({ value: 0.2, low: usual.low, high: usual.high })
  })

  test('of a rare share hold it about 95 times of 100, also where a sample has none', () => {
    const random = seededRandom(11)
    const rate = 0.01
    let held = 0
    for (let n = 0; n < 1000; n++) {
      const users = Array.from({ length: 100 }, () => ({ shown: 1, spent: random() < rate ? 1 : 0 }))
      const y = sums(users, ({ spent }) => spent)
      const trials = sums(users, ({ shown }) => shown)
      const { low, high } = shareOfUsers(ratioOfSums(y, trials, products(users)), users.length)
      if (low <= rate && rate <= high) held++
    }
    expect(held / 1000).toBeGreaterThan(0.92)
  })

  test('say nothing where there is nothing to say', () => {
    const none = { users: 0, sum: 0, squares: 0 }
    const one = { users: 1, sum: 5, squares: 25 }
    expect(meanPerUser(none)).toMatchObject({ value: 0, high: Number.POSITIVE_INFINITY })
    expect(meanPerUser(one)).toMatchObject({ value: 5, low: Number.NEGATIVE_INFINITY })
    expect(ratioOfSums(one, none, 0)).toMatchObject({ value: 0, high: Number.POSITIVE_INFINITY })
    expect(liftOf(meanPerUser(one), meanPerUser(none))).toBeUndefined()
  })
})
