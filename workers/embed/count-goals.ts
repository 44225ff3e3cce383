import { hashOfList } from '../../engine/user/attention.ts'
import { defaultAttributionMs } from '../../schema/attribution.ts'
import type { RecommendationIds, VerifiedId } from '../../schema/recommendation-id.ts'
import type { CountedOrder, ListTouch, Outcome, UserGoals } from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { hashOfId } from './event-ids.ts'
import { allVariants, Tallies } from './tallies.ts'

export interface GoalsContext {
  readonly ids: Pick<RecommendationIds, 'verify'>
  /** Attribution window: how long after a reaction to a list an order counts for it, ms. */
  attributionMs(experiment: string): number
  /** Orders count with their revenue in this currency, and without it in another. ISO 4217. */
  readonly currency: string
  readonly epoch: number
}

/** Maximum reactions to lists that are kept per user, about 100 bytes each. */
export const touchesMax = 64

/** Maximum orders and refunds per user that can be undone: the newest ones, about 100 bytes each. */
export const countedOrdersMax = 64

/** Maximum lists per user that are recorded as shown: the newest ones. A list that was evicted may count again. */
export const shownListsMax = 64

/** The goals after a record, and their change; undefined if nothing was counted. */
export interface CountedGoals {
  readonly goals: UserGoals
  readonly outcome?: Outcome
}

/**
 * Counts one event for the list that it names, and an order also for the list that the user touched last.
 *
 * - By recommendationId: the list that the event names. It counts if the id was made for this user, a click once per
 *   list and item, and an order within the window since the user's reaction to the item in that list. If no reaction is
 *   known, the order itself is the reaction.
 * - By last touch: the list in which the user last reacted to the item before the order, within the window.
 *
 * @param offset position of the event in topic interactions
 * @returns the goals after it, and the outcome to emit; undefined if nothing was counted
 */
export function countGoals(goals: UserGoals, event: EventRecord, offset: number, context: GoalsContext): CountedGoals {
  const { type, itemId } = event
  const named = namedList(goals, event, context)
  const isOrder = type === 'PURCHASE' || type === 'REFUND'
  if (named === undefined && !isOrder) return { goals }
  const at = Date.parse(event.timestamp)
  const tallies = new Tallies(goals.arms)
  let { orders, lists } = goals
  if (isOrder) {
    countOrder(tallies, goals.touches, event, at, named, context)
    if (tallies.changes.length > 0) orders = withOrder(orders, event, tallies)
  } else if (type === 'IMPRESSION') {
    tallies.addAll(named!, () => ({ impressions: 1 }))
    lists = countList(tallies, lists, named!, false)
  } else if (isClick(type) && !isTouched(goals.touches, itemId, named!.listHash)) {
    tallies.addAll(named!, () => ({ clicks: 1 }))
    lists = countList(tallies, lists, named!, true)
  }

  const reacts = named !== undefined && type !== 'IMPRESSION' && !isOrder
  const touches = reacts
    ? withTouch(goals.touches, { itemId, listHash: named.listHash, at, ...subjectOf(named) })
    : goals.touches
  const { changes } = tallies
  const after = { touches, arms: tallies.arms(), orders, lists }
  if (changes.length === 0) return { goals: after }
  return { goals: after, outcome: { offset, epoch: context.epoch, at, shown: shownIn(event, named), changes } }
}

/** The list that an id identifies. */
interface NamedList extends Pick<VerifiedId, 'variant' | 'placement'> {
  readonly listHash: number
}

/**
 * For a user who was a guest, an id of the guest is valid if the guest has reacted to that list: the id was verified
 * then.
 */
function namedList(
  { touches }: UserGoals,
  { recommendationId, userId }: EventRecord,
  { ids }: GoalsContext,
): NamedList | undefined {
  if (recommendationId == null) return undefined
  const listHash = hashOfList(recommendationId)
  const verified = ids.verify(recommendationId, userId) ?? touches.find((touch) => touch.listHash === listHash)
  return verified && { listHash, ...subjectOf(verified) }
}

/** Counts a list when its first item is shown or clicked, and its first click. */
function countList(tallies: Tallies, lists: UserGoals['lists'], list: NamedList, isClick: boolean): UserGoals['lists'] {
  const known = lists.find(([listHash]) => listHash === list.listHash)
  const isNewlyClicked = isClick && !known?.[1]
  if (known !== undefined && !isNewlyClicked) return lists
  tallies.addAll(list, () => ({ lists: known ? 0 : 1, listsClicked: isNewlyClicked ? 1 : 0 }))
  return [...lists.filter((one) => one !== known), [list.listHash, isClick] as const].slice(-shownListsMax)
}

const withOrder = (orders: readonly CountedOrder[], { eventId }: EventRecord, tallies: Tallies): CountedOrder[] =>
  [...orders, { eventKey: keyOfEvent(eventId), credits: tallies.credits() }].slice(-countedOrdersMax)

export const keyOfEvent = (eventId: string): string => hashOfId(eventId).toString('base64url')

const isTouched = (touches: readonly ListTouch[], item: string, list: number): boolean =>
  touches.some(({ itemId, listHash }) => itemId === item && listHash === list)

const isClick = (type: string): boolean => type === 'CLICK' || type === 'VIEW'

const subjectOf = ({ variant, placement }: Pick<VerifiedId, 'variant' | 'placement'>) => ({ variant, placement })

function countOrder(
  tallies: Tallies,
  touches: readonly ListTouch[],
  event: EventRecord,
  at: number,
  named: NamedList | undefined,
  context: GoalsContext,
): void {
  const orders = event.type === 'PURCHASE' ? 1 : 0
  const revenue = revenueOf(event, context.currency) * (event.type === 'PURCHASE' ? 1 : -1)
  const within = (touchedAt: number) => (experiment: string) =>
    at - touchedAt <= (experiment === allVariants ? defaultAttributionMs : context.attributionMs(experiment))
  const own = touches.filter(({ itemId, at: touchedAt }) => itemId === event.itemId && touchedAt <= at)
  if (named !== undefined) {
    const touchedAt = own.findLast(({ listHash }) => listHash === named.listHash)?.at ?? at
    const isWithin = within(touchedAt)
    tallies.addAll(named, (experiment) => (isWithin(experiment) ? { orders, revenue } : {}))
  }
  const last = own.at(-1) ?? (named && { ...subjectOf(named), at })
  if (last === undefined) return
  const isWithin = within(last.at)
  tallies.addAll(last, (experiment) =>
    isWithin(experiment) ? { lastTouchOrders: orders, lastTouchRevenue: revenue } : {},
  )
}

function revenueOf({ unitPrice, quantity, currency }: EventRecord, shop: string): number {
  return unitPrice == null || (currency ?? shop) !== shop ? 0 : unitPrice * (quantity ?? 1)
}

function withTouch(touches: readonly ListTouch[], touch: ListTouch): readonly ListTouch[] {
  const others = touches.filter(({ itemId, listHash }) => itemId !== touch.itemId || listHash !== touch.listHash)
  return [...others, touch].sort((a, b) => a.at - b.at).slice(-touchesMax)
}

function shownIn({ type, itemId, position }: EventRecord, named: NamedList | undefined): Outcome['shown'] {
  if (named === undefined || position == null || !(type === 'IMPRESSION' || isClick(type))) return null
  return { placement: named.placement ?? '', itemId, position, isClick: type !== 'IMPRESSION' }
}
