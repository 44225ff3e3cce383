import { hashOfList } from '../../engine/user/attention.ts'
import type { RecommendationIds, VerifiedId } from '../../schema/recommendation-id.ts'
import type { ListTouch, Outcome, UserGoals } from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { countPurchase, countRefund, type NamedList, ofArms, type PurchasesContext } from './count-purchases.ts'
import { Tallies } from './tallies.ts'

export interface GoalsContext extends PurchasesContext {
  readonly ids: Pick<RecommendationIds, 'verify'>
  readonly epoch: number
}

/** Maximum reactions to lists that are kept per user, about 100 bytes each. */
export const touchesMax = 64

/** Maximum lists per user that are recorded as shown: the newest ones. A list that was evicted may count again. */
export const shownListsMax = 64

/** The goals after a record, and their change; undefined if nothing was counted. */
export interface CountedGoals {
  readonly goals: UserGoals
  readonly outcome?: Outcome
}

/**
 * Counts one event for the list that it names: an impression, and a click once per list and item. Counts a purchase
 * also for the list that the user touched last, and subtracts a refund from the purchases of its item.
 *
 * @param offset position of the event in topic interactions
 * @returns the goals after it, and the outcome to emit; undefined if nothing was counted
 */
export function countGoals(goals: UserGoals, event: EventRecord, offset: number, context: GoalsContext): CountedGoals {
  const { type, itemId } = event
  const named = namedList(goals, event, context)
  const isTransaction = type === 'PURCHASE' || type === 'REFUND'
  if (named === undefined && !isTransaction) return { goals }
  const at = Date.parse(event.timestamp)
  const tallies = new Tallies(goals.arms)
  let { purchases, lists } = goals
  if (type === 'PURCHASE') {
    purchases = countPurchase(tallies, goals, event, { ...context, named })
  } else if (type === 'REFUND') {
    purchases = countRefund(tallies, goals, event, { ...context, named })
  } else if (type === 'IMPRESSION') {
    tallies.addAll(named!, { impressions: 1 })
    lists = countList(tallies, lists, named!, false)
  } else if (isClick(type) && !isTouched(goals.touches, itemId, named!.listHash)) {
    tallies.addAll(named!, { clicks: 1 })
    lists = countList(tallies, lists, named!, true)
  }

  const reacts = named !== undefined && type !== 'IMPRESSION' && !isTransaction
  const touches = reacts
    ? withTouch(goals.touches, { itemId, listHash: named.listHash, at, ...subjectOf(named) })
    : goals.touches
  const { changes } = tallies
  const arms = tallies.arms()
  const after = { touches, arms, purchases: ofArms(purchases, arms), lists }
  if (changes.length === 0) return { goals: after }
  return { goals: after, outcome: { offset, epoch: context.epoch, at, shown: shownIn(event, named), changes } }
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
  tallies.addAll(list, { lists: known ? 0 : 1, listsClicked: isNewlyClicked ? 1 : 0 })
  return [...lists.filter((one) => one !== known), [list.listHash, isClick] as const].slice(-shownListsMax)
}

const isTouched = (touches: readonly ListTouch[], item: string, list: number): boolean =>
  touches.some(({ itemId, listHash }) => itemId === item && listHash === list)

const isClick = (type: string): boolean => type === 'CLICK' || type === 'VIEW'

const subjectOf = ({ variant, placement }: Pick<VerifiedId, 'variant' | 'placement'>) => ({ variant, placement })

function withTouch(touches: readonly ListTouch[], touch: ListTouch): readonly ListTouch[] {
  const others = touches.filter(({ itemId, listHash }) => itemId !== touch.itemId || listHash !== touch.listHash)
  return [...others, touch].sort((a, b) => a.at - b.at).slice(-touchesMax)
}

function shownIn({ type, itemId, position }: EventRecord, named: NamedList | undefined): Outcome['shown'] {
  if (named === undefined || position == null || !(type === 'IMPRESSION' || isClick(type))) return null
  return { placement: named.placement ?? '', itemId, position, isClick: type !== 'IMPRESSION' }
}
