import { encodeOutcome, noGoals, type PackedGoals, unpackGoals } from '../../schema/records/goals.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit } from '../runner/stage.ts'
import { type CountedGoals, countGoals, type GoalsContext } from './count-goals.ts'
import { type GoalsMove, leaveArms, mergeGoals, takeBackPurchases } from './move-goals.ts'

interface Context {
  readonly epoch: number
  /** Default: nothing is counted. */
  readonly goals?: Omit<GoalsContext, 'epoch'>
}

interface Counted {
  readonly state: UserState
  readonly emits: readonly Emit[]
}

interface Place {
  readonly position: LogPosition
  readonly appendedAt: number
}

/** Counts an event of the user. */
export function countEvent(after: UserState, record: EventRecord, { goals: context, epoch }: Context): Counted {
  const known = after.goals ?? noGoals
  if (context === undefined) return { state: after, emits: [] }
  return withGoals(after, countGoals(known, record, after.position.offset, { ...context, epoch }))
}

/** Removes what undone purchases and refunds have added. */
export function takeBack(state: UserState, eventIds: readonly string[], place: Place, context: Context): Counted {
  if (context.goals === undefined || state.goals === undefined) return { state, emits: [] }
  return withGoals(state, takeBackPurchases(state.goals, eventIds, moveAt(place, context)))
}

/** Guest side of an identify: removes the guest from the counts. */
export function leaveGoals({ profile, goals }: UserState, place: Place, context: Context): readonly Emit[] {
  const outcome = context.goals && goals && leaveArms(goals, moveAt(place, context))
  return outcome ? emitsOf(profile.userId, outcome) : []
}

interface GuestGoals {
  readonly goals?: PackedGoals | undefined
  /** Ids of events that the user has sent as well. */
  readonly counted: readonly string[]
}

/** User side of an identify: adds the counts of the guest. */
export function adoptGoals(state: UserState, guest: GuestGoals, place: Place, context: Context): Counted {
  if (context.goals === undefined || guest.goals === undefined) return { state, emits: [] }
  const move = moveAt(place, context)
  const { goals } = takeBackPurchases(unpackGoals(guest.goals), guest.counted, move)
  return withGoals(state, mergeGoals(state.goals ?? noGoals, goals, move))
}

const moveAt = ({ position: { offset }, appendedAt }: Place, { epoch }: Context): GoalsMove => ({
  offset,
  epoch,
  at: appendedAt,
})

function withGoals(state: UserState, { goals, outcome }: CountedGoals): Counted {
  const known = state.goals ?? noGoals
  return {
    state: goals === known ? state : { ...state, goals },
    emits: outcome ? emitsOf(state.profile.userId, outcome) : [],
  }
}

const emitsOf = (key: string, outcome: NonNullable<CountedGoals['outcome']>): Emit[] => [
  { topic: topics.outcomes, key, value: () => encodeOutcome(outcome) },
]
