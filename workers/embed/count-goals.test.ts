import { describe, expect, test } from 'vitest'
import { RecommendationIds } from '../../schema/recommendation-id.ts'
import { armOf, noGoals, type Outcome, packGoals, type UserGoals, unpackGoals } from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { countGoals, shownListsMax, touchesMax } from './count-goals.ts'
import { countedPurchasesMax } from './count-purchases.ts'
import { mergeGoals, takeBackPurchases } from './move-goals.ts'
import { userArmsMax, userCaps } from './tallies.ts'

const day = 86_400_000
const start = Date.UTC(2026, 0, 1)
const ids = new RecommendationIds(new Uint8Array(32).fill(7))
const context = { ids, attributionMs: (name: string) => (name === 'short' ? day : 7 * day), currency: 'EUR', epoch: 0 }

interface ListOf {
  readonly userId?: string | null
  readonly variant?: string | null
  readonly placement?: string | null
  readonly itemIds?: readonly string[]
}
const listId = ({ userId = 'ann', variant = null, placement = 'home', itemIds = ['tea'] }: ListOf = {}) =>
  ids.issue({ userId, revision: 5n, variant, placement, arguments: '', itemIds }).id

let events = 0
const event = (type: EventRecord['type'], at: number, fields: Partial<EventRecord> = {}): EventRecord => ({
  v: 1,
  kind: 'event',
  eventId: `e${events++}`,
  userId: 'ann',
  itemId: 'tea',
  type,
  timestamp: new Date(start + at).toISOString(),
  ...fields,
})
const order = (at: number, fields: Partial<EventRecord> = {}) => event('PURCHASE', at, { unitPrice: 10, ...fields })

/** Counts events one after another, as they come back from the store. */
function count(...all: readonly EventRecord[]): { goals: UserGoals; outcomes: readonly Outcome[] } {
  let goals = noGoals
  const outcomes: Outcome[] = []
  all.forEach((one, offset) => {
    const counted = countGoals(goals, one, offset, context)
    goals = unpackGoals(packGoals(counted.goals))
    if (counted.outcome) outcomes.push(counted.outcome)
  })
  return { goals, outcomes }
}
const tally = ({ goals }: { goals: UserGoals }, arm: string) => new Map(goals.arms).get(arm)
const home = armOf('', 'home')

describe('an event', () => {
  test('is counted for the placement and all variants that its list names', () => {
    const counted = count(
      event('IMPRESSION', 0, { recommendationId: listId({ variant: 'a~x+b~y' }), position: 3 }),
      event('CLICK', 1, { recommendationId: listId({ variant: 'a~x+b~y' }), position: 3 }),
    )
    const arms = [home, armOf('a~x', 'home'), armOf('a~x', '*'), armOf('b~y', 'home'), armOf('b~y', '*')]
    expect(counted.goals.arms.map(([arm]) => arm)).toEqual(arms)
    for (const arm of arms) expect(tally(counted, arm)).toMatchObject({ impressions: 1, clicks: 1 })
    expect(counted.outcomes[0]!.changes[0]).toMatchObject({ arm: home, before: null, after: { impressions: 1 } })
    expect(counted.outcomes[1]!.changes[0]).toMatchObject({ before: { clicks: 0 }, after: { clicks: 1 } })
    expect(counted.outcomes[1]!.shown).toEqual({ placement: 'home', itemId: 'tea', position: 3, isClick: true })
  })

  test('with an id that was made up, changed or given to another user or a session counts for nobody', () => {
    const own = listId({ variant: 'spread~wide' })
    const forged = [
      own.replace('wide', 'narrow'),
      own.replace('.home', '.cart'),
      own.replace('.spread~wide', '.'),
      `${own.slice(0, 10)}${own[10] === 'A' ? 'B' : 'A'}${own.slice(11)}`,
      `${'A'.repeat(32)}.spread~wide`,
      ...Array.from({ length: 2000 }, (_, n) => `${'A'.repeat(32)}.invented~v${n}.home`),
      listId({ userId: 'bob' }),
      listId({ userId: null }),
      new RecommendationIds(new Uint8Array(32).fill(8)).issue({
        userId: 'ann',
        revision: 5n,
        variant: 'spread~wide',
        arguments: '',
        itemIds: [],
      }).id,
    ]
    for (const type of ['IMPRESSION', 'CLICK', 'PURCHASE'] as const) {
      const counted = count(...forged.map((recommendationId) => event(type, 0, { recommendationId })))
      expect(counted).toEqual({ goals: noGoals, outcomes: [] })
    }
  })

  test('a click counts once per list and item, however it is reported', () => {
    const recommendationId = listId()
    const clicks = ['CLICK', 'VIEW', 'CLICK'] as const
    const counted = count(...clicks.map((type, at) => event(type, at, { recommendationId })))
    expect(tally(counted, home)).toMatchObject({ clicks: 1 })
  })
})

describe('a purchase', () => {
  const recommendationId = listId({ variant: 'long~a+short~b' })

  test('counts by its recommendationId within the window of each experiment since the reaction', () => {
    const click = event('CLICK', 0, { recommendationId })
    const late = count(click, order(2 * day, { recommendationId, quantity: 3 }))
    expect(tally(late, armOf('long~a', '*'))).toMatchObject({ purchases: 1, revenue: 30 })
    expect(tally(late, armOf('short~b', '*'))).toMatchObject({ clicks: 1, purchases: 0, revenue: 0 })
    const tooLate = count(click, order(8 * day, { recommendationId }))
    expect(tally(tooLate, home)).toMatchObject({ purchases: 0, lastTouchPurchases: 0 })
    expect(tally(count(order(0, { recommendationId })), home)).toMatchObject({ purchases: 1, revenue: 10 })
  })

  test('counts by last touch for the list in which the item was reacted to last, and for none without', () => {
    const cart = listId({ placement: 'cart', itemIds: ['tea', 'cup'] })
    const counted = count(
      event('CLICK', 0, { recommendationId }),
      event('CLICK', 1, { recommendationId: cart }),
      event('CLICK', 2, { recommendationId: listId({ placement: 'email' }), itemId: 'cup' }),
      order(day, { recommendationId }),
      order(day, { itemId: 'pot' }),
    )
    expect(tally(counted, home)).toMatchObject({ purchases: 1, revenue: 10, lastTouchPurchases: 0 })
    expect(tally(counted, armOf('', 'cart'))).toMatchObject({
      purchases: 0,
      lastTouchPurchases: 1,
      lastTouchRevenue: 10,
    })
    expect(tally(counted, armOf('', 'email'))).toMatchObject({ lastTouchPurchases: 0 })
  })

  test('in another currency counts without its revenue; a refund takes revenue back', () => {
    const foreign = count(order(0, { recommendationId, currency: 'USD' }))
    expect(tally(foreign, home)).toMatchObject({ purchases: 1, revenue: 0 })
    const refund = event('REFUND', 2, { recommendationId, unitPrice: 10, currency: 'EUR' })
    const refunded = count(event('CLICK', 0, { recommendationId }), order(1, { recommendationId }), refund)
    expect(tally(refunded, home)).toMatchObject({ purchases: 1, revenue: 0, lastTouchRevenue: 0 })
  })
})

describe('bounds', () => {
  test('one user adds no more than the caps to an arm', () => {
    const shown = Array.from({ length: userCaps.impressions + 500 }, (_, n) =>
      event('IMPRESSION', n, { recommendationId: listId({ itemIds: [String(n)] }) }),
    )
    const orders = Array.from({ length: userCaps.purchases + 5 }, (_, n) => order(n, { recommendationId: listId() }))
    const counted = count(...shown, ...orders)
    expect(tally(counted, home)).toMatchObject({
      impressions: 1000,
      purchases: 50,
      revenue: 500,
      lastTouchPurchases: 50,
    })
    expect(counted.outcomes).toHaveLength(1050)
  })

  test('a user has so many arms and reactions, the newest', () => {
    const places = Array.from({ length: userArmsMax + 3 }, (_, n) =>
      event('CLICK', n, { itemId: `i${n}`, recommendationId: listId({ placement: `p${n}` }) }),
    )
    const { goals } = count(...places)
    expect([goals.arms.length, goals.arms[0]![0]]).toEqual([userArmsMax, armOf('', 'p3')])
    expect([goals.touches.length, goals.touches.at(-1)!.itemId]).toEqual([touchesMax, `i${userArmsMax + 2}`])
  })
})

const move = { offset: 100, epoch: 0, at: start + day }

describe('lists', () => {
  test('count once when their first item is shown or clicked, and once for a click in them', () => {
    const [one, two] = [listId(), listId({ itemIds: ['tea', 'cup'] })]
    const counted = count(
      event('IMPRESSION', 0, { recommendationId: one }),
      event('IMPRESSION', 1, { recommendationId: one, itemId: 'cup' }),
      event('CLICK', 2, { recommendationId: one }),
      event('CLICK', 3, { recommendationId: one, itemId: 'cup' }),
      event('CLICK', 4, { recommendationId: two }),
      event('IMPRESSION', 5, { recommendationId: two }),
    )
    expect(tally(counted, home)).toMatchObject({ impressions: 3, clicks: 3, lists: 2, listsClicked: 2 })
  })

  test('of a user are known while they are among the newest', () => {
    const shown = Array.from({ length: shownListsMax + 1 }, (_, n) =>
      event('IMPRESSION', n, { recommendationId: listId({ itemIds: [String(n)] }) }),
    )
    const { goals } = count(...shown)
    expect(goals.lists).toHaveLength(shownListsMax)
    expect(tally({ goals }, home)).toMatchObject({ lists: shownListsMax + 1, listsClicked: 0 })
  })
})

describe('a purchase that is undone', () => {
  const recommendationId = listId({ variant: 'long~a' })
  const click = event('CLICK', 0, { recommendationId })

  test('takes back its purchase and revenue, by list and by last touch, and nothing else', () => {
    const [kept, undone] = [
      order(1, { recommendationId, unitPrice: 0.1 }),
      order(2, { recommendationId, unitPrice: 0.2 }),
    ]
    const { goals, outcome } = takeBackPurchases(count(click, kept, undone).goals, [undone.eventId], move)
    const expected = { clicks: 1, purchases: 1, revenue: 0.1, lastTouchPurchases: 1, lastTouchRevenue: 0.1 }
    for (const arm of [home, armOf('long~a', 'home'), armOf('long~a', '*')]) {
      expect(tally({ goals }, arm)).toMatchObject(expected)
      expect(outcome!.changes.find((change) => change.arm === arm)).toMatchObject({
        before: { purchases: 2, revenue: 0.3 },
        after: expected,
      })
    }
    expect(takeBackPurchases(goals, [undone.eventId, click.eventId], move)).toEqual({ goals })
  })

  test('gives back the revenue of a refund', () => {
    const refund = event('REFUND', 2, { recommendationId, unitPrice: 10 })
    const { goals } = count(click, order(1, { recommendationId }), refund)
    expect(tally({ goals }, home)).toMatchObject({ purchases: 1, revenue: 0 })
    expect(tally(takeBackPurchases(goals, [refund.eventId], move), home)).toMatchObject({ purchases: 1, revenue: 10 })
  })

  test('that was over the caps, or is not among the newest, takes nothing back', () => {
    const orders = Array.from({ length: countedPurchasesMax + 5 }, (_, n) => order(n, { recommendationId }))
    const { goals } = count(...orders)
    expect(tally({ goals }, home)).toMatchObject({ purchases: userCaps.purchases })
    const over = takeBackPurchases(goals, [orders.at(-1)!.eventId], move)
    expect(tally(over, home)).toMatchObject({ purchases: userCaps.purchases, revenue: 500 })
    expect(goals.purchases.length).toBeLessThanOrEqual(countedPurchasesMax)
  })
})

describe('a guest who becomes a user', () => {
  const guestList = listId({ userId: 'guest', itemIds: ['tea'] })
  const asGuest = { userId: 'guest', recommendationId: guestList }
  const guest = count(event('CLICK', 0, asGuest), order(1, { ...asGuest, itemId: 'cup' })).goals

  test('adds tallies, reactions and purchases to those of the user, within the caps of one user', () => {
    const user = count(event('CLICK', 2, { recommendationId: listId() })).goals
    const { goals, outcome } = mergeGoals(user, guest, move)
    expect(tally({ goals }, home)).toMatchObject({ clicks: 2, purchases: 1, revenue: 10, lists: 2, listsClicked: 2 })
    expect(outcome!.changes).toMatchObject([{ arm: home, before: { clicks: 1 }, after: { clicks: 2 } }])
    expect([goals.touches.length, goals.purchases.length, goals.lists.length]).toEqual([2, 1, 2])
    const many = Array.from({ length: 300 }).reduce<UserGoals>((sum) => mergeGoals(sum, guest, move).goals, user)
    expect(tally({ goals: many }, home)).toMatchObject({ clicks: userCaps.clicks, purchases: userCaps.purchases })
  })

  test('has purchases counted for lists of the guest, by id and by last touch', () => {
    const { goals } = mergeGoals(noGoals, guest, move)
    const bought = countGoals(goals, order(3, { recommendationId: guestList }), 101, context)
    expect(tally(bought, home)).toMatchObject({
      purchases: 2,
      revenue: 20,
      lastTouchPurchases: 2,
      lastTouchRevenue: 20,
    })
    const unknown = listId({ userId: 'guest', itemIds: ['other'] })
    expect(countGoals(goals, event('CLICK', 3, { recommendationId: unknown }), 101, context)).toEqual({ goals })
  })
})
