import { splitVariants, type VerifiedId } from '../../schema/recommendation-id.ts'
import {
  type ArmTally,
  type Attribution,
  anyPlacement,
  armOf,
  noTally,
  roundAmount,
  type TallyChange,
  type UserGoals,
} from '../../schema/records/goals.ts'

/** Maximum arms per user. After an eviction the user counts as new to the arm. */
export const userArmsMax = 64

/** Maximum that one user may add to one arm, so that no single user determines the result of an experiment. */
export const userCaps = {
  impressions: 1_000,
  clicks: 200,
  purchases: 50,
  lastTouchPurchases: 50,
  lists: 500,
  listsClicked: 200,
} as const

/** Variant of an arm that counts all lists of a placement. Its window is `defaultAttributionMs`. */
export const allVariants = ''

/** The fields of a tally to which an attribution adds purchases. */
export const attributedFields = {
  byId: { count: 'purchases', amount: 'revenue' },
  lastTouch: { count: 'lastTouchPurchases', amount: 'lastTouchRevenue' },
} as const satisfies Record<Attribution, { count: keyof ArmTally; amount: keyof ArmTally }>

type List = Pick<VerifiedId, 'variant' | 'placement'>

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

  addAll(list: List, added: Partial<ArmTally>): void {
    for (const { arm } of armsOfList(list)) this.add(arm, added)
  }

  /** Adds what does not exceed the caps. */
  add(arm: string, added: Partial<ArmTally>): void {
    const before = this.tallies.get(arm)
    this.put(arm, before, plus(before ?? noTally, added))
  }

  /** @returns whether the purchase counts: false if the user has reached the cap of the arm */
  addPurchase(arm: string, by: Attribution, revenue: number): boolean {
    const { count, amount } = attributedFields[by]
    const before = this.tallies.get(arm)
    const tally = before ?? noTally
    if (tally[count] >= userCaps[count]) return false
    this.put(arm, before, { ...tally, [count]: tally[count] + 1, [amount]: roundAmount(tally[amount] + revenue) })
    return true
  }

  /** Removes a purchase that addPurchase has counted. */
  removePurchase(arm: string, by: Attribution, revenue: number): void {
    const { count, amount } = attributedFields[by]
    const before = this.tallies.get(arm)
    if (before === undefined) return
    const left = Math.max(0, before[count] - 1)
    const leftRevenue = left === 0 ? 0 : roundAmount(before[amount] - revenue)
    this.put(arm, before, { ...before, [count]: left, [amount]: Math.max(0, leftRevenue) })
  }

  /** Changes the revenue of a purchase that addPurchase has counted. */
  changeRevenue(arm: string, by: Attribution, difference: number): void {
    const { amount } = attributedFields[by]
    const before = this.tallies.get(arm)
    if (before === undefined) return
    this.put(arm, before, { ...before, [amount]: Math.max(0, roundAmount(before[amount] + difference)) })
  }

  private put(arm: string, before: ArmTally | undefined, after: ArmTally): void {
    if (after === (before ?? noTally)) return
    this.tallies.delete(arm)
    this.tallies.set(arm, after)
    const first = this.changed.get(arm)
    this.changed.set(arm, { arm, before: first ? first.before : (before ?? null), after })
  }
}

/** The arms in which a list counts, with the experiment of each; `allVariants` for all lists of the placement. */
export function armsOfList({ variant, placement }: List): { arm: string; experiment: string }[] {
  return [allVariants, ...splitVariants(variant)].flatMap((one) => {
    const experiment = one.split('~')[0]!
    const inPlacement = { arm: armOf(one, placement), experiment }
    return one === allVariants ? [inPlacement] : [inPlacement, { arm: armOf(one, anyPlacement), experiment }]
  })
}

/** Returns the same object if nothing is added, or only amounts beyond the limits. */
function plus(tally: ArmTally, added: Partial<ArmTally>): ArmTally {
  const after = { ...tally }
  for (const field of ['impressions', 'clicks', 'lists', 'listsClicked'] as const) {
    after[field] = Math.min(userCaps[field], tally[field] + (added[field] ?? 0))
  }
  for (const { count, amount } of Object.values(attributedFields)) {
    const counted = tally[count] + (added[count] ?? 0)
    if (counted > userCaps[count]) continue
    after[count] = counted
    after[amount] = roundAmount(tally[amount] + (added[amount] ?? 0))
  }
  const isSame = Object.entries(after).every(([field, value]) => tally[field as keyof ArmTally] === value)
  return isSame ? tally : after
}
