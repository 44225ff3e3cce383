import { splitVariants, type VerifiedId } from '../../schema/recommendation-id.ts'
import {
  type ArmTally,
  anyPlacement,
  armOf,
  noTally,
  type OrderCredit,
  type TallyChange,
  type UserGoals,
} from '../../schema/records/goals.ts'

/** Maximum arms per user. After an eviction the user counts as new to the arm. */
export const userArmsMax = 64

/** Maximum that one user may add to one arm, so that no single user determines the result of an experiment. */
export const userCaps = {
  impressions: 1_000,
  clicks: 200,
  orders: 50,
  lastTouchOrders: 50,
  lists: 500,
  listsClicked: 200,
} as const

/** Variant of an arm that counts all lists of a placement. Its window is `defaultAttributionMs`. */
export const allVariants = ''

/** Revenue is rounded to a millionth, so that removing an amount leaves no remainder. */
const revenueScale = 1e6

/** The tallies of one user while one record is counted. */
export class Tallies {
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

  /** What orders have added so far, by arm. */
  credits(): readonly (readonly [arm: string, credit: OrderCredit])[] {
    return this.changes.map(({ arm, before, after }) => [arm, creditOf(before ?? noTally, after ?? noTally)])
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

  add(arm: string, added: Partial<ArmTally>): void {
    const before = this.tallies.get(arm)
    this.put(arm, before, plus(before ?? noTally, added))
  }

  /** Removes nothing from an arm that was evicted: its sums keep the order. */
  takeBack(arm: string, [orders, revenue, lastTouchOrders, lastTouchRevenue]: OrderCredit): void {
    const before = this.tallies.get(arm)
    if (before === undefined) return
    this.put(arm, before, {
      ...before,
      orders: Math.max(0, before.orders - orders),
      revenue: rounded(before.revenue - revenue),
      lastTouchOrders: Math.max(0, before.lastTouchOrders - lastTouchOrders),
      lastTouchRevenue: rounded(before.lastTouchRevenue - lastTouchRevenue),
    })
  }

  private put(arm: string, before: ArmTally | undefined, after: ArmTally): void {
    if (after === (before ?? noTally)) return
    this.tallies.delete(arm)
    this.tallies.set(arm, after)
    const first = this.changed.get(arm)
    this.changed.set(arm, { arm, before: first ? first.before : (before ?? null), after })
  }
}

const creditOf = (before: ArmTally, after: ArmTally): OrderCredit => [
  after.orders - before.orders,
  rounded(after.revenue - before.revenue),
  after.lastTouchOrders - before.lastTouchOrders,
  rounded(after.lastTouchRevenue - before.lastTouchRevenue),
]

/** Returns the same object if nothing is added, or only amounts beyond the limits. */
function plus(tally: ArmTally, added: Partial<ArmTally>): ArmTally {
  const { orders = 0, revenue = 0, lastTouchOrders = 0, lastTouchRevenue = 0 } = added
  const takesOrder = tally.orders + orders <= userCaps.orders
  const takesLast = tally.lastTouchOrders + lastTouchOrders <= userCaps.lastTouchOrders
  const capped = (field: 'impressions' | 'clicks' | 'lists' | 'listsClicked') =>
    Math.min(userCaps[field], tally[field] + (added[field] ?? 0))
  const after: ArmTally = {
    impressions: capped('impressions'),
    clicks: capped('clicks'),
    orders: tally.orders + (takesOrder ? orders : 0),
    revenue: takesOrder ? rounded(tally.revenue + revenue) : tally.revenue,
    lastTouchOrders: tally.lastTouchOrders + (takesLast ? lastTouchOrders : 0),
    lastTouchRevenue: takesLast ? rounded(tally.lastTouchRevenue + lastTouchRevenue) : tally.lastTouchRevenue,
    lists: capped('lists'),
    listsClicked: capped('listsClicked'),
  }
  const isSame = Object.entries(after).every(([field, value]) => tally[field as keyof ArmTally] === value)
  return isSame ? tally : after
}

const rounded = (amount: number): number => Math.round(amount * revenueScale) / revenueScale
