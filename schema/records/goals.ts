import { decodeVersioned, encodeVersioned } from './codec.ts'

/** What one user did with the lists of one arm. */
export interface ArmTally {
  readonly impressions: number
  readonly clicks: number
  /** By recommendationId. */
  readonly purchases: number
  readonly revenue: number
  /** By last touch. */
  readonly lastTouchPurchases: number
  readonly lastTouchRevenue: number
  /** Lists of which an item was shown or clicked. */
  readonly lists: number
  /** Of these, the lists with a click. */
  readonly listsClicked: number
}

export const noTally: ArmTally = {
  impressions: 0,
  clicks: 0,
  purchases: 0,
  revenue: 0,
  lastTouchPurchases: 0,
  lastTouchRevenue: 0,
  lists: 0,
  listsClicked: 0,
}

/** Amounts are rounded to a millionth, so that removing an amount leaves no remainder. */
export const roundAmount = (amount: number): number => Math.round(amount * 1e6) / 1e6

export const tallyFields = Object.keys(noTally) as readonly (keyof ArmTally)[]

/** The newest reaction of a user to an item in a list. */
export interface ListTouch {
  readonly itemId: string
  readonly listHash: number
  /** Placement and variants of the list, from its id. */
  readonly variant: string | null
  readonly placement: string | null
  /** ms since 1970. */
  readonly at: number
}

/** A list that was counted as shown. */
export type ShownList = readonly [listHash: number, isClicked: boolean]

/** How a purchase is attributed to lists. */
export type Attribution = 'byId' | 'lastTouch'

/** The arms in which a purchase was counted. */
export type CountedArms = readonly (readonly [arm: string, by: Attribution])[]

/** A purchase that was counted, so that a refund or an undo can remove what it added, and never more. */
export interface CountedPurchase {
  /** Hash of the event's id. */
  readonly eventKey: string
  /** Hash of the item's id. Default: not known, and no refund reaches the purchase. */
  readonly itemKey?: string | undefined
  /** The list that the event named; 0 for none. */
  readonly listHash: number
  readonly arms: CountedArms
  /** What it added to each arm, without the refunds. */
  readonly revenue: number
  /** Sum of all its refunds: 0 to `revenue`. */
  readonly refunded: number
  /** Refunds that can be undone. Newest last. At most `refundsMax`. */
  readonly refunds: readonly (readonly [eventKey: string, amount: number])[]
}

/** Data per user from which goals are counted: a part of user_states. */
export interface UserGoals {
  /** Oldest first. At most `touchesMax`. */
  readonly touches: readonly ListTouch[]
  /** By arm (armOf), least recently counted first. At most `userArmsMax`. */
  readonly arms: readonly (readonly [arm: string, tally: ArmTally])[]
  /** Newest last. At most `countedPurchasesMax`. */
  readonly purchases: readonly CountedPurchase[]
  /** Newest last. At most `shownListsMax`. */
  readonly lists: readonly ShownList[]
}

export const noGoals: UserGoals = { touches: [], arms: [], purchases: [], lists: [] }

/** What a purchase added to one arm, by id and by last touch. */
type PackedCredit = readonly [purchases: number, revenue: number, lastTouchPurchases: number, lastTouchRevenue: number]

type PackedPurchase = readonly [
  eventKey: string,
  credits: readonly (readonly [arm: string, credit: PackedCredit])[],
  itemKey?: string | null,
  listHash?: number,
  refunded?: number,
  refunds?: CountedPurchase['refunds'],
]

export type PackedGoals = readonly [
  touches: readonly (readonly [string, number, string | null, string | null, number])[],
  arms: readonly (readonly [string, ...number[]])[],
  purchases: readonly PackedPurchase[],
  lists: readonly ShownList[],
]

export const packGoals = ({ touches, arms, purchases, lists }: UserGoals): PackedGoals => [
  touches.map(({ itemId, listHash, variant, placement, at }) => [itemId, listHash, variant, placement, at]),
  arms.map(([arm, tally]) => [arm, ...toNumbers(tally)]),
  purchases.map(packPurchase),
  lists,
]

export const unpackGoals = ([touches, arms, purchases, lists]: PackedGoals): UserGoals => ({
  touches: touches.map(([itemId, listHash, variant, placement, at]) => ({ itemId, listHash, variant, placement, at })),
  arms: arms.map(([arm, ...numbers]) => [arm, toTally(numbers)]),
  purchases: purchases.map(unpackPurchase).filter((one) => one.arms.length > 0),
  lists,
})

function packPurchase({
  eventKey,
  itemKey,
  listHash,
  arms,
  revenue,
  refunded,
  refunds,
}: CountedPurchase): PackedPurchase {
  const credits = [...new Set(arms.map(([arm]) => arm))].map((arm) => {
    const isIn = (attribution: Attribution) => arms.some(([one, by]) => one === arm && by === attribution)
    const credit = (attribution: Attribution) => (isIn(attribution) ? ([1, revenue] as const) : ([0, 0] as const))
    return [arm, [...credit('byId'), ...credit('lastTouch')] as const] as const
  })
  const packed = [eventKey, credits, itemKey ?? null, listHash] as const
  return refunded > 0 ? [...packed, refunded, refunds] : packed
}

function unpackPurchase([eventKey, credits, itemKey, listHash, refunded, refunds]: PackedPurchase): CountedPurchase {
  return {
    eventKey,
    itemKey: itemKey ?? undefined,
    listHash: listHash ?? 0,
    arms: credits.flatMap(([arm, [byId, , lastTouch]]) => [
      ...(byId > 0 ? [[arm, 'byId'] as const] : []),
      ...(lastTouch > 0 ? [[arm, 'lastTouch'] as const] : []),
    ]),
    revenue: Math.max(0, ...credits.flatMap(([, [, revenue, , lastTouchRevenue]]) => [revenue, lastTouchRevenue])),
    refunded: refunded ?? 0,
    refunds: refunds ?? [],
  }
}

/** Instead of a placement: all lists, with or without a placement. */
export const anyPlacement = '*'

/**
 * Key of a variant in a placement.
 *
 * @param variant `experiment~variant`, or '' for all lists whatever their variant
 * @param placement null for lists without one, or `anyPlacement`
 */
export const armOf = (variant: string, placement: string | null): string => `${variant}|${placement ?? ''}`

export function splitArm(arm: string): { experiment: string; variant: string; placement: string } {
  const [variants = '', placement = ''] = arm.split('|')
  const [experiment = '', variant = ''] = variants.split('~')
  return { experiment, variant, placement }
}

/** A record of topic outcomes: how one event changed its user's tallies. */
export interface Outcome {
  /** Position of the event in topic interactions. */
  readonly offset: number
  readonly epoch: number
  /** When it happened, ms since 1970. */
  readonly at: number
  /** For an IMPRESSION or click that counted and has a position, from which the position bias is estimated. */
  readonly shown: PositionedEvent | null
  readonly changes: readonly TallyChange[]
}

export interface PositionedEvent {
  readonly placement: string
  readonly itemId: string
  /** From 1. */
  readonly position: number
  readonly isClick: boolean
}

export interface TallyChange {
  readonly arm: string
  /** null: the user is new to the arm. */
  readonly before: ArmTally | null
  /** null: the user is a guest that was merged into another user, and leaves the arm. */
  readonly after: ArmTally | null
}

const version = 1
const what = 'outcomes'

type Fields = readonly [
  offset: number,
  epoch: number,
  at: number,
  shown: readonly [placement: string, itemId: string, position: number, isClick: boolean] | null,
  changes: readonly (readonly [arm: string, before: readonly number[] | null, after: readonly number[] | null])[],
]

export function encodeOutcome({ offset, epoch, at, shown, changes }: Outcome): Uint8Array {
  const fields: Fields = [
    offset,
    epoch,
    at,
    shown && [shown.placement, shown.itemId, shown.position, shown.isClick],
    changes.map(({ arm, before, after }) => [arm, before && toNumbers(before), after && toNumbers(after)]),
  ]
  return encodeVersioned(version, fields)
}

export function decodeOutcome(bytes: Uint8Array): Outcome {
  const [offset, epoch, at, shown, changes] = decodeVersioned<Fields>(version, bytes, what)
  return {
    offset,
    epoch,
    at,
    shown: shown && { placement: shown[0], itemId: shown[1], position: shown[2], isClick: shown[3] },
    changes: changes.map(([arm, before, after]) => ({
      arm,
      before: before && toTally(before),
      after: after && toTally(after),
    })),
  }
}

const toNumbers = (tally: ArmTally): number[] => tallyFields.map((field) => tally[field])

const toTally = (numbers: readonly number[]): ArmTally =>
  Object.fromEntries(tallyFields.map((field, n) => [field, numbers[n]])) as unknown as ArmTally
