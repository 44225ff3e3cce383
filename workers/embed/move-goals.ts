import type { UserGoals } from '../../schema/records/goals.ts'
import { type CountedGoals, countedOrdersMax, keyOfEvent, shownListsMax, touchesMax } from './count-goals.ts'
import { Tallies } from './tallies.ts'

/** Where and when a record was that moves goals. */
export interface GoalsMove {
  /** Position of the record in topic interactions. */
  readonly offset: number
  readonly epoch: number
  /** When the log took it in, ms since 1970. */
  readonly at: number
}

/**
 * Takes back what orders and refunds have added, as if they had not happened. Reaches the newest `countedOrdersMax` of a
 * user. Impressions and clicks stay: the visitor saw the item and clicked it.
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

/** A guest leaves all arms: whom the guest has become counts in them from now on. */
export function leaveArms({ arms }: UserGoals, { offset, epoch, at }: GoalsMove): CountedGoals['outcome'] {
  if (arms.length === 0) return undefined
  const changes = arms.map(([arm, before]) => ({ arm, before, after: null }))
  return { offset, epoch, at, shown: null, changes }
}

/** Adds a guest's goals to those of the user, within the caps of one user. Orders that both have sent count once. */
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
