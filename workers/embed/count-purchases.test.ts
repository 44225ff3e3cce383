import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecommendationIds } from '../../schema/recommendation-id.ts'
import {
  type ArmTally,
  armOf,
  type CountedArms,
  noGoals,
  noTally,
  packGoals,
  roundAmount,
  type UserGoals,
  unpackGoals,
} from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { countGoals } from './count-goals.ts'
import { countedPurchasesMax, refundsMax } from './count-purchases.ts'
import { mergeGoals, takeBackPurchases } from './move-goals.ts'
import { attributedFields, userArmsMax, userCaps } from './tallies.ts'

const day = 86_400_000
const start = Date.UTC(2026, 0, 1)
const ids = new RecommendationIds(new Uint8Array(32).fill(7))
const context = { ids, attributionMs: (name: string) => (name === 'short' ? day : 7 * day), currency: 'EUR', epoch: 0 }
const move = { offset: 1000, epoch: 0, at: start }
const listOf = (placement: string, userId = 'ann') =>
  ids.issue({ userId, revision: 5n, variant: 'short~b', placement, arguments: '', itemIds: ['tea'] }).id
const home = armOf('', 'home')
const recommendationId = listOf('home')

let events = 0
const event = (
  type: EventRecord['type'],
  fields: Partial<EventRecord> & { readonly day?: number } = {},
): EventRecord => {
  const { day: onDay = 0, ...rest } = fields
  const timestamp = new Date(start + onDay * day).toISOString()
  return { v: 1, kind: 'event', eventId: `e${events++}`, userId: 'ann', itemId: 'tea', type, timestamp, ...rest }
}
const purchase = (fields: Parameters<typeof event>[1] = {}) =>
  event('PURCHASE', { unitPrice: 10, recommendationId, ...fields })
const refund = (fields: Parameters<typeof event>[1] = {}) => event('REFUND', { unitPrice: 10, ...fields })

const stored = (goals: UserGoals): UserGoals => unpackGoals(packGoals(goals))
const apply = (goals: UserGoals, one: EventRecord | readonly string[]): UserGoals =>
  stored('kind' in one ? countGoals(goals, one, 0, context).goals : takeBackPurchases(goals, one, move).goals)
const count = (...all: readonly (EventRecord | readonly string[])[]): UserGoals => all.reduce(apply, noGoals)
const tally = ({ arms }: UserGoals, arm = home): ArmTally => new Map(arms).get(arm) ?? noTally
const amounts = (goals: UserGoals, arm = home) => {
  const { purchases, revenue, lastTouchPurchases, lastTouchRevenue } = tally(goals, arm)
  return [purchases, revenue, lastTouchPurchases, lastTouchRevenue]
}

describe('a refund subtracts what its purchase added, and never more', () => {
  test('nothing for a purchase beyond the cap, without a list, out of the window, or in another currency', () => {
    const many = Array.from({ length: userCaps.purchases }, () => purchase({ itemId: 'cup' }))
    expect(amounts(count(...many, purchase(), refund({ recommendationId })))).toEqual([50, 500, 50, 500])
    expect(amounts(count(purchase({ recommendationId: null }), refund({ recommendationId })))).toEqual([0, 0, 0, 0])
    const late = [event('CLICK', { recommendationId }), purchase({ day: 8 }), refund({ day: 8, recommendationId })]
    expect(amounts(count(...late))).toEqual([0, 0, 0, 0])
    const foreign = purchase({ currency: 'USD' })
    expect(amounts(count(foreign, refund({ currency: 'EUR', recommendationId })))).toEqual([1, 0, 1, 0])
    expect(amounts(count(purchase(), refund({ currency: 'USD' })))).toEqual([1, 10, 1, 10])
    expect(amounts(count(refund({ recommendationId }), purchase()))).toEqual([1, 10, 1, 10])
  })

  test('once, at most its revenue, and whenever and under whatever list it comes', () => {
    expect(amounts(count(purchase(), refund(), refund(), refund({ recommendationId })))).toEqual([1, 0, 1, 0])
    expect(amounts(count(purchase(), refund({ unitPrice: 999, quantity: 3 })))).toEqual([1, 0, 1, 0])
    expect(amounts(count(purchase(), refund({ itemId: 'cup' })))).toEqual([1, 10, 1, 10])
    const late = count(purchase(), refund({ day: 30, recommendationId: listOf('cart') }))
    expect([amounts(late), amounts(late, armOf('', 'cart'))]).toEqual([
      [1, 0, 1, 0],
      [0, 0, 0, 0],
    ])
  })

  test('in each list where the purchase counts, and only there', () => {
    const clicked = event('CLICK', { recommendationId: listOf('cart') })
    const goals = count(clicked, purchase({ quantity: 3 }), refund({ quantity: 1 }))
    expect(amounts(goals)).toEqual([1, 20, 0, 0])
    expect(amounts(goals, armOf('', 'cart'))).toEqual([0, 0, 1, 20])
  })

  test('of the list that it names first, then of the newest', () => {
    const both = [purchase(), purchase({ recommendationId: listOf('cart') })]
    const named = count(...both, refund({ recommendationId }))
    expect([tally(named).revenue, tally(named, armOf('', 'cart')).revenue]).toEqual([0, 10])
    const unnamed = count(...both, refund({ quantity: 2, unitPrice: 7 }))
    expect([tally(unnamed).revenue, tally(unnamed, armOf('', 'cart')).revenue]).toEqual([6, 0])
  })
})

test('an undone purchase takes its refunds with it, and an undone refund gives back what it took', () => {
  const [bought, returned] = [purchase(), refund({ unitPrice: 4 })]
  expect(amounts(count(bought, returned, [bought.eventId]))).toEqual([0, 0, 0, 0])
  expect(amounts(count(bought, returned, [bought.eventId], [returned.eventId]))).toEqual([0, 0, 0, 0])
  expect(amounts(count(bought, returned, [returned.eventId], [bought.eventId]))).toEqual([0, 0, 0, 0])
  expect(amounts(count(bought, returned, [returned.eventId]))).toEqual([1, 10, 1, 10])
  expect(amounts(count(purchase(), bought, returned, [returned.eventId, bought.eventId]))).toEqual([1, 10, 1, 10])
})

test('a purchase takes nothing from an arm that was dropped and is counted anew', () => {
  const bought = purchase()
  const others = Array.from({ length: userArmsMax }, (_, n) =>
    event('CLICK', { itemId: 'cup', recommendationId: listOf(`p${n}`) }),
  )
  const again = purchase({ unitPrice: 3 })
  expect(amounts(count(bought, ...others, again, [bought.eventId]))).toEqual([1, 3, 1, 3])
  expect(amounts(count(bought, ...others, again, refund({ unitPrice: 13 })))).toEqual([1, 0, 1, 0])
})

test("a guest's purchases beyond the cap of the user are not recorded as counted", () => {
  const guestList = listOf('home', 'guest')
  const asGuest = Array.from({ length: 30 }, () => purchase({ userId: 'guest', recommendationId: guestList }))
  const asUser = Array.from({ length: 30 }, () => purchase())
  const merged = stored(mergeGoals(count(...asUser), count(...asGuest), move).goals)
  expect(amounts(merged)).toEqual([50, 500, 50, 500])
  const all = [...asGuest, ...asUser].map(({ eventId }) => eventId)
  expect(amounts(apply(merged, all))).toEqual([0, 0, 0, 0])
})

/** A purchase as the test keeps it: what it was seen to add. */
interface Bought {
  readonly eventId: string
  readonly itemId: string
  readonly list: string | null
  readonly revenue: number
  readonly arms: CountedArms
  refunds: readonly { readonly eventId: string; readonly amount: number }[]
  /** Sum of the refunds that can no longer be undone. */
  fixedRefunds: number
  isFixed: boolean
}
const leftOf = ({ revenue, refunds, fixedRefunds }: Bought) =>
  refunds.reduce((left, { amount }) => roundAmount(left - amount), roundAmount(revenue - fixedRefunds))

const listOfBob = listOf('home', 'bob')
/** The list that an event names; a list of another user is none. */
const validList = ({ recommendationId: list }: EventRecord) => (list == null || list === listOfBob ? null : list)

/** Counts again from all purchases and refunds that are not undone. */
class Recount {
  private bought: Bought[] = []

  buy(one: EventRecord, revenue: number, arms: CountedArms): void {
    if (arms.length === 0) return
    const { eventId, itemId } = one
    const list = validList(one)
    this.bought.push({ eventId, itemId, list, revenue, arms, refunds: [], fixedRefunds: 0, isFixed: false })
    for (const old of this.bought.slice(0, -countedPurchasesMax)) old.isFixed = true
  }

  giveBack(one: EventRecord, wanted: number): void {
    const { eventId, itemId } = one
    const list = validList(one)
    let left = wanted
    const newestFirst = this.bought.filter((bought) => bought.itemId === itemId && !bought.isFixed).reverse()
    for (const isNamed of [true, false]) {
      for (const bought of newestFirst) {
        if ((list !== null && bought.list === list) !== isNamed) continue
        const amount = Math.min(left, leftOf(bought))
        left = roundAmount(left - amount)
        if (amount <= 0) continue
        const refunds = [...bought.refunds, { eventId, amount }]
        for (const fixed of refunds.slice(0, -refundsMax)) bought.fixedRefunds += fixed.amount
        bought.refunds = refunds.slice(-refundsMax)
      }
    }
  }

  undo(eventId: string): void {
    this.bought = this.bought.filter((one) => one.isFixed || one.eventId !== eventId)
    for (const one of this.bought.filter(({ isFixed }) => !isFixed)) {
      one.refunds = one.refunds.filter((given) => given.eventId !== eventId)
    }
  }

  total(arm: string, by: CountedArms[number][1]): [count: number, revenue: number] {
    const all = this.bought.filter(({ arms }) => arms.some((one) => one[0] === arm && one[1] === by))
    return [all.length, roundAmount(all.reduce((sum, one) => sum + leftOf(one), 0))]
  }
}

const step = fc.record({
  type: fc.constantFrom('CLICK', 'PURCHASE', 'PURCHASE', 'PURCHASE', 'REFUND', 'REFUND', 'UNDO', 'UNDO'),
  times: fc.constantFrom(1, 1, 1, 1, 12, 30),
  itemId: fc.constantFrom('tea', 'cup'),
  list: fc.constantFrom(recommendationId, recommendationId, listOf('cart'), listOfBob, null),
  cents: fc.integer({ min: 0, max: 999 }),
  quantity: fc.integer({ min: 1, max: 3 }),
  currency: fc.constantFrom('EUR', null, null, 'USD'),
  day: fc.integer({ min: 0, max: 12 }),
  undone: fc.nat(),
})

test('after any purchases, refunds and undos, the totals are a plain recount of what was counted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
      const recount = new Recount()
      const fed: string[] = []
      let goals = noGoals
      for (const { type, times, undone, cents, list, ...fields } of steps) {
        for (let k = 0; k < times; k++) {
          if (type === 'UNDO') {
            const eventId = fed[(undone + k) % Math.max(1, fed.length)] ?? 'unknown'
            goals = apply(goals, [eventId])
            recount.undo(eventId)
          } else {
            const one = event(type as EventRecord['type'], {
              unitPrice: cents / 100,
              recommendationId: list,
              ...fields,
            })
            const before = goals
            goals = apply(goals, one)
            fed.push(one.eventId)
            const amount = one.currency === 'USD' ? 0 : roundAmount((one.unitPrice ?? 0) * fields.quantity)
            if (type === 'PURCHASE') recount.buy(one, amount, addedArms(before, goals))
            if (type === 'REFUND') recount.giveBack(one, amount)
          }
        }
        for (const [arm, counted] of goals.arms) {
          for (const by of ['byId', 'lastTouch'] as const) {
            const { count: field, amount } = attributedFields[by]
            const [purchases, revenue] = recount.total(arm, by)
            expect(counted[field]).toBe(purchases)
            expect(counted[amount]).toBeCloseTo(revenue, 5)
            expect(counted[amount]).toBeGreaterThanOrEqual(0)
            expect(purchases).toBeLessThanOrEqual(userCaps[field])
          }
        }
      }
    }),
    { numRuns: 30 },
  )
})

const addedArms = (before: UserGoals, after: UserGoals): CountedArms =>
  after.arms.flatMap(([arm, counted]) =>
    (['byId', 'lastTouch'] as const)
      .filter((by) => counted[attributedFields[by].count] > tally(before, arm)[attributedFields[by].count])
      .map((by) => [arm, by] as const),
  )
