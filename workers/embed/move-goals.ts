import type { ArmTally, CountedPurchase, UserGoals } from '../../schema/records/goals.ts'
import { roundAmount } from '../../schema/records/goals.ts'
import { type CountedGoals, shownListsMax, touchesMax } from './count-goals.ts'
import { countedPurchasesMax, ofArms, revenueLeft, undoPurchases } from './count-purchases.ts'
import { attributedFields, Tallies } from './tallies.ts'

/** Position and time of a record that moves goals. */
export interface GoalsMove {
  /** Position of the record in topic interactions. */
  readonly offset: number
  readonly epoch: number
  /** The log's timestamp of the record, ms since 1970. */
  readonly at: number
}

/**
 * Removes what undone purchases and refunds have added. Reaches the newest `countedPurchasesMax` purchases of a user.
 * Impressions and clicks stay, because the visitor saw and clicked the item.
 */
export function takeBackPurchases(goals: UserGoals, eventIds: readonly string[], move: GoalsMove): CountedGoals {
  const tallies = new Tallies(goals.arms)
  const purchases = undoPurchases(tallies, goals.purchases, eventIds)
  const isSame = purchases.every((one, n) => one === goals.purchases[n]) && purchases.length === goals.purchases.length
  return isSame ? { goals } : changed({ ...goals, purchases }, tallies, move)
}

/** Removes a guest from all arms. The user that the guest has become counts in them from now on. */
export function leaveArms({ arms }: UserGoals, { offset, epoch, at }: GoalsMove): CountedGoals['outcome'] {
  if (arms.length === 0) return undefined
  const changes = arms.map(([arm, before]) => ({ arm, before, after: null }))
  return { offset, epoch, at, shown: null, changes }
}

/**
 * Adds a guest's goals to those of the user, within the limits of one user. A purchase that both have sent counts once.
 * The purchases are added one after another, so that those beyond a cap are not recorded as counted.
 */
export function mergeGoals(user: UserGoals, guest: UserGoals, move: GoalsMove): CountedGoals {
  const tallies = new Tallies(user.arms)
  for (const [arm, tally] of guest.arms) tallies.add(arm, withoutPurchases(tally, arm, guest.purchases))
  const adopted = guest.purchases.map((one) => ({
    ...one,
    arms: one.arms.filter(([arm, by]) => tallies.addPurchase(arm, by, revenueLeft(one))),
  }))
  const counted = adopted.filter(({ arms }) => arms.length > 0)
  const goals = {
    ...user,
    touches: [...user.touches, ...guest.touches].sort((a, b) => a.at - b.at).slice(-touchesMax),
    purchases: [...counted, ...user.purchases].slice(-countedPurchasesMax),
    lists: [...guest.lists, ...user.lists].slice(-shownListsMax),
  }
  return changed(goals, tallies, move)
}

/** A tally without the purchases that are recorded: those that can no longer be refunded or undone remain. */
function withoutPurchases(tally: ArmTally, arm: string, purchases: readonly CountedPurchase[]): ArmTally {
  const rest = { ...tally }
  for (const purchase of purchases) {
    for (const [one, by] of purchase.arms) {
      if (one !== arm) continue
      const { count, amount } = attributedFields[by]
      rest[count] = Math.max(0, rest[count] - 1)
      rest[amount] = rest[count] === 0 ? 0 : Math.max(0, roundAmount(rest[amount] - revenueLeft(purchase)))
    }
  }
  return rest
}

function changed(goals: UserGoals, tallies: Tallies, { offset, epoch, at }: GoalsMove): CountedGoals {
  const { changes } = tallies
  const arms = tallies.arms()
  const after = { ...goals, arms, purchases: ofArms(goals.purchases, arms) }
  return changes.length === 0
    ? { goals: after }
    : { goals: after, outcome: { offset, epoch, at, shown: null, changes } }
}
