import { hashOfList } from '../../engine/user/attention.ts'
import { type RecommendationIds, splitVariants, type VerifiedId } from '../../schema/recommendation-id.ts'
import {
  type ArmTally,
  anyPlacement,
  armOf,
  type ListTouch,
  noTally,
  type Outcome,
  type TallyChange,
  type UserGoals,
} from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { defaultAttributionMs } from '../../schema/rules.ts'

export interface GoalsContext {
  readonly ids: Pick<RecommendationIds, 'verify'>
  /** How long after a reaction to a list an order counts for it, ms. */
  attributionMs(experiment: string): number
  /** Orders count with their revenue in this currency, and without it in another. ISO 4217. */
  readonly currency: string
  readonly epoch: number
}

/** Reactions to lists that are kept per user: at most 64, about 100 bytes each. */
export const touchesMax = 64

/** Arms that are kept per user. One that falls out counts the user anew. */
export const userArmsMax = 64

/** What one user may add to one arm, so that no single user decides an experiment. More is not counted. */
export const userCaps = { impressions: 1_000, clicks: 200, orders: 50, lastTouchOrders: 50 } as const

/** Variant of an arm that counts all lists of a placement. Its window is `defaultAttributionMs`. */
const allVariants = ''

/**
 * Counts one event for the list that it names and, of an order, for the list that the user touched last.
 *
 * - By recommendationId: the list that the event names. It counts where the id was made for this user, a click once per
 *   list and item, and an order within the window since the user's reaction to the item in that list; where no reaction is known, the order is it.
 * - By last touch: the list in which the user reacted to the item last before the order, within the window.
 *
 * @param offset position of the event in topic interactions
 * @returns the goals after it, and the outcome to emit; undefined where nothing was counted
 */
export function countGoals(
  goals: UserGoals,
  event: EventRecord,
  offset: number,
  context: GoalsContext,
): { goals: UserGoals; outcome?: Outcome } {
  const { recommendationId, type, itemId } = event
  const named = recommendationId == null ? undefined : context.ids.verify(recommendationId, event.userId)
  const isOrder = type === 'PURCHASE' || type === 'REFUND'
  if (named === undefined && !isOrder) return { goals }
  const at = Date.parse(event.timestamp)
  const counting = new Counting(goals.arms)
  if (isOrder) countOrder(counting, goals.touches, event, at, named, context)
  else if (type === 'IMPRESSION') counting.addAll(named!, () => ({ impressions: 1 }))
  else if (isClick(type) && !isTouched(goals.touches, itemId, hashOfList(recommendationId!))) {
    counting.addAll(named!, () => ({ clicks: 1 }))
  }

  const reacts = named !== undefined && type !== 'IMPRESSION' && !isOrder
  const touches = reacts
    ? withTouch(goals.touches, { itemId, listHash: hashOfList(recommendationId!), at, ...subjectOf(named) })
    : goals.touches
  const { changes } = counting
  const after = { touches, arms: counting.arms() }
  if (changes.length === 0) return { goals: after }
  return { goals: after, outcome: { offset, epoch: context.epoch, at, shown: shownIn(event, named), changes } }
}

const isTouched = (touches: readonly ListTouch[], item: string, list: number): boolean =>
  touches.some(({ itemId, listHash }) => itemId === item && listHash === list)

const isClick = (type: string): boolean => type === 'CLICK' || type === 'VIEW'

const subjectOf = ({ variant, placement }: Pick<VerifiedId, 'variant' | 'placement'>) => ({ variant, placement })

function countOrder(
  counting: Counting,
  touches: readonly ListTouch[],
  event: EventRecord,
  at: number,
  named: VerifiedId | undefined,
  context: GoalsContext,
): void {
  const orders = event.type === 'PURCHASE' ? 1 : 0
  const revenue = revenueOf(event, context.currency) * (event.type === 'PURCHASE' ? 1 : -1)
  const within = (touchedAt: number) => (experiment: string) =>
    at - touchedAt <= (experiment === allVariants ? defaultAttributionMs : context.attributionMs(experiment))
  const own = touches.filter(({ itemId, at: touchedAt }) => itemId === event.itemId && touchedAt <= at)
  if (named !== undefined) {
    const listHash = hashOfList(event.recommendationId!)
    const touchedAt = own.findLast((touch) => touch.listHash === listHash)?.at ?? at
    const isWithin = within(touchedAt)
    counting.addAll(named, (experiment) => (isWithin(experiment) ? { orders, revenue } : {}))
  }
  const last = own.at(-1) ?? (named && { ...subjectOf(named), at })
  if (last === undefined) return
  const isWithin = within(last.at)
  counting.addAll(last, (experiment) =>
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

function shownIn({ type, itemId, position }: EventRecord, named: VerifiedId | undefined): Outcome['shown'] {
  if (named === undefined || position == null || !(type === 'IMPRESSION' || isClick(type))) return null
  return { placement: named.placement ?? '', itemId, position, isClick: type !== 'IMPRESSION' }
}

/** The tallies of one user while one event is counted. */
class Counting {
  private readonly tallies: Map<string, ArmTally>
  private readonly changed = new Map<string, TallyChange>()

  constructor(arms: UserGoals['arms']) {
    this.tallies = new Map(arms)
  }

  get changes(): readonly TallyChange[] {
    return [...this.changed.values()]
  }

  arms(): UserGoals['arms'] {
    return [...this.tallies].slice(-userArmsMax)
  }

  /** @param added what to add, by experiment; '' for all lists of the placement */
  addAll(
    { variant, placement }: Pick<VerifiedId, 'variant' | 'placement'>,
    added: (experiment: string) => Partial<ArmTally>,
  ): void {
    for (const one of [allVariants, ...splitVariants(variant)]) {
      const addition = added(one.split('~')[0]!)
      this.add(armOf(one, placement), addition)
      if (one !== allVariants) this.add(armOf(one, anyPlacement), addition)
    }
  }

  private add(arm: string, added: Partial<ArmTally>): void {
    const before = this.tallies.get(arm) ?? noTally
    const after = plus(before, added)
    if (after === before) return
    this.tallies.delete(arm)
    this.tallies.set(arm, after)
    const first = this.changed.get(arm)
    this.changed.set(arm, { arm, before: first ? first.before : before === noTally ? null : before, after })
  }
}

/** The same object where nothing is added, or only what is over the caps. */
function plus(tally: ArmTally, added: Partial<ArmTally>): ArmTally {
  const { impressions = 0, clicks = 0, orders = 0, revenue = 0, lastTouchOrders = 0, lastTouchRevenue = 0 } = added
  const takesOrder = tally.orders + orders <= userCaps.orders
  const takesLast = tally.lastTouchOrders + lastTouchOrders <= userCaps.lastTouchOrders
  const after = {
    impressions: Math.min(userCaps.impressions, tally.impressions + impressions),
    clicks: Math.min(userCaps.clicks, tally.clicks + clicks),
    orders: tally.orders + (takesOrder ? orders : 0),
    revenue: tally.revenue + (takesOrder ? revenue : 0),
    lastTouchOrders: tally.lastTouchOrders + (takesLast ? lastTouchOrders : 0),
    lastTouchRevenue: tally.lastTouchRevenue + (takesLast ? lastTouchRevenue : 0),
  }
  const isSame = Object.entries(after).every(([field, value]) => tally[field as keyof ArmTally] === value)
  return isSame ? tally : after
}
