import type { UserGoals } from '../../schema/records/goals.ts'
import { type CountedGoals, countedOrdersMax, keyOfEvent, shownListsMax, touchesMax } from './count-goals.ts'
import { Tallies } from './tallies.ts'

/** Position and time of a record that moves goals. */
export interface GoalsMove {
  /** Position of the record in topic interactions. */
  readonly offset: number
  readonly epoch: number
  /** The log's timestamp of the record, ms since 1970. */
  readonly at: number
}

/**
 * Removes what undone orders and refunds have added, as if they had not happened. Reaches the newest `countedOrdersMax`
 * of a user. Impressions and clicks stay, because the visitor saw and clicked the item.
 */
export function takeBackOrders(goals: UserGoals, eventIds: readonly string[], move: GoalsMove): CountedGoals {
  const keys = new Set(eventIds.map(keyOfEvent))
  const gone = goals.orders.filter(({ eventKey }) => keys.has(eventKey))
  if (gone.length === 0) return { goals }
  const tallies = new Tallies(goals.arms)
  for (const { credits } of gone) for (const [arm, credit] of credits) tallies.takeBack(arm, credit)
  const orders = goals.orders.filter((order) => !gone.includes(order))
  return changed({ ...goals, orders }, tallies, move)
}

/** Removes a guest from all arms. The user that the guest has become counts in them from now on. */
export function leaveArms({ arms }: UserGoals, { offset, epoch, at }: GoalsMove): CountedGoals['outcome'] {
  if (arms.length === 0) return undefined
  const changes = arms.map(([arm, before]) => ({ arm, before, after: null }))
  return { offset, epoch, at, shown: null, changes }
}

/**
 * Adds a guest's goals to those of the user, within the limits of one user. An order that both have sent counts once.
 */
export function mergeGoals(user: UserGoals, guest: UserGoals, move: GoalsMove): CountedGoals {
  const tallies = new Tallies(user.arms)
  for (const [arm, tally] of guest.arms) tallies.add(arm, tally)
  const goals = {
    ...user,
    touches: [...user.touches, ...guest.touches].sort((a, b) => a.at - b.at).slice(-touchesMax),
    orders: [...guest.orders, ...user.orders].slice(-countedOrdersMax),
    lists: [...guest.lists, ...user.lists].slice(-shownListsMax),
  }
  return changed(goals, tallies, move)
}

function changed(goals: UserGoals, tallies: Tallies, { offset, epoch, at }: GoalsMove): CountedGoals {
  const { changes } = tallies
  const after = { ...goals, arms: tallies.arms() }
  return changes.length === 0
    ? { goals: after }
    : { goals: after, outcome: { offset, epoch, at, shown: null, changes } }
}
