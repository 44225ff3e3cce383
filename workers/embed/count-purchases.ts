import { defaultAttributionMs } from '../../schema/attribution.ts'
import type { Attribution, CountedPurchase, ListTouch, UserGoals } from '../../schema/records/goals.ts'
import { roundAmount } from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { hashOfId } from './event-ids.ts'
import { allVariants, armsOfList, type Tallies } from './tallies.ts'

export interface PurchasesContext {
  /** Attribution window: how long after a reaction to a list a purchase counts for it, ms. */
  attributionMs(experiment: string): number
  /** Purchases count with their revenue in this currency, and without it in another. ISO 4217. */
  readonly currency: string
}

/** The list that an id identifies. */
export type NamedList = Pick<ListTouch, 'variant' | 'placement' | 'listHash'>

interface Context extends PurchasesContext {
  /** The list that the event names. */
  readonly named: NamedList | undefined
}

/** Maximum purchases per user that can be refunded or undone: the newest ones, about 100 bytes each. */
export const countedPurchasesMax = 64

/** Maximum refunds of one purchase that can be undone: the newest ones. */
export const refundsMax = 8

/**
 * Counts a purchase in two ways:
 *
 * - By recommendationId: for the list that it names, within the window since the user's reaction to the item in that
 *   list. If no reaction is known, the purchase itself is the reaction.
 * - By last touch: for the list in which the user last reacted to the item before the purchase, within the window.
 *
 * Only what the caps of the user let it add is recorded, so that a refund or an undo removes no more than that.
 *
 * @returns the counted purchases of the user after it
 */
export function countPurchase(
  tallies: Tallies,
  { touches, purchases }: UserGoals,
  event: EventRecord,
  { named, ...context }: Context,
): readonly CountedPurchase[] {
  const at = Date.parse(event.timestamp)
  const revenue = amountOf(event, context.currency)
  const own = touches.filter(({ itemId, at: touchedAt }) => itemId === event.itemId && touchedAt <= at)
  const arms: (readonly [arm: string, by: Attribution])[] = []
  const countFor = (list: Pick<ListTouch, 'variant' | 'placement'>, touchedAt: number, by: Attribution): void => {
    for (const { arm, experiment } of armsOfList(list)) {
      const windowMs = experiment === allVariants ? defaultAttributionMs : context.attributionMs(experiment)
      if (at - touchedAt <= windowMs && tallies.addPurchase(arm, by, revenue)) arms.push([arm, by])
    }
  }
  if (named) countFor(named, own.findLast(({ listHash }) => listHash === named.listHash)?.at ?? at, 'byId')
  const last = own.at(-1) ?? (named && { ...named, at })
  if (last) countFor(last, last.at, 'lastTouch')
  if (arms.length === 0) return purchases
  const purchase: CountedPurchase = {
    eventKey: keyOfId(event.eventId),
    itemKey: keyOfId(event.itemId),
    listHash: named?.listHash ?? 0,
    arms,
    revenue,
    refunded: 0,
    refunds: [],
  }
  return [...purchases, purchase].slice(-countedPurchasesMax)
}

/**
 * Subtracts a refund from the counted purchases of its item, wherever these count: first from those that named the same
 * list, then from the others, newest first. A refund removes at most what these purchases added, and nothing if none of
 * them counted.
 *
 * @returns the counted purchases of the user after it
 */
export function countRefund(
  tallies: Tallies,
  { purchases }: UserGoals,
  event: EventRecord,
  { named, currency }: Context,
): readonly CountedPurchase[] {
  const itemKey = keyOfId(event.itemId)
  const ofItem = purchases.filter((one) => one.itemKey === itemKey).reverse()
  const ofList = ofItem.filter(({ listHash }) => listHash !== 0 && listHash === named?.listHash)
  const refunded = new Map<CountedPurchase, CountedPurchase>()
  let left = amountOf(event, currency)
  for (const purchase of new Set([...ofList, ...ofItem])) {
    const amount = Math.min(left, revenueLeft(purchase))
    if (amount <= 0) continue
    left = roundAmount(left - amount)
    changeRevenue(tallies, purchase, -amount)
    const refunds = [...purchase.refunds, [keyOfId(event.eventId), amount] as const].slice(-refundsMax)
    refunded.set(purchase, { ...purchase, refunds, refunded: roundAmount(purchase.refunded + amount) })
  }
  return refunded.size === 0 ? purchases : purchases.map((one) => refunded.get(one) ?? one)
}

/** Removes purchases, with their refunds, and refunds: as if they had not happened. */
export function undoPurchases(
  tallies: Tallies,
  purchases: readonly CountedPurchase[],
  eventIds: readonly string[],
): readonly CountedPurchase[] {
  const keys = new Set(eventIds.map(keyOfId))
  return purchases.flatMap((purchase) => {
    if (keys.has(purchase.eventKey)) {
      for (const [arm, by] of purchase.arms) tallies.removePurchase(arm, by, revenueLeft(purchase))
      return []
    }
    const undone = purchase.refunds.filter(([eventKey]) => keys.has(eventKey))
    if (undone.length === 0) return [purchase]
    const amount = undone.reduce((sum, [, one]) => roundAmount(sum + one), 0)
    changeRevenue(tallies, purchase, amount)
    const refunds = purchase.refunds.filter((refund) => !undone.includes(refund))
    return [{ ...purchase, refunds, refunded: Math.max(0, roundAmount(purchase.refunded - amount)) }]
  })
}

/** Removes the arms that the user no longer has: a later refund must not reach what is counted anew in them. */
export function ofArms(purchases: readonly CountedPurchase[], arms: UserGoals['arms']): readonly CountedPurchase[] {
  const known = new Set(arms.map(([arm]) => arm))
  if (purchases.every((one) => one.arms.every(([arm]) => known.has(arm)))) return purchases
  return purchases
    .map((one) => ({ ...one, arms: one.arms.filter(([arm]) => known.has(arm)) }))
    .filter((one) => one.arms.length > 0)
}

/** What a purchase adds to each of its arms. */
export const revenueLeft = ({ revenue, refunded }: CountedPurchase): number => roundAmount(revenue - refunded)

function changeRevenue(tallies: Tallies, { arms }: CountedPurchase, difference: number): void {
  for (const [arm, by] of arms) tallies.changeRevenue(arm, by, difference)
}

/** Amount of a purchase or refund in the currency of the shop; 0 in another currency, or without a price. */
function amountOf({ unitPrice, quantity, currency }: EventRecord, shop: string): number {
  return unitPrice == null || (currency ?? shop) !== shop ? 0 : roundAmount(unitPrice * (quantity ?? 1))
}

const keyOfId = (id: string): string => hashOfId(id).toString('base64url')
