import { decodeVersioned, encodeVersioned } from './codec.ts'
import { type ArmTally, tallyFields } from './goals.ts'

/** Number of distinguished positions; all later ones count as the last. */
export const positionsMax = 20

/** The sums over all users of one arm, by the fields of a user's tally, in the order of `tallyFields`. */
export interface ArmSums {
  readonly users: number
  /** Time of the first and of the newest event, ms since 1970. */
  readonly firstAt: number
  readonly lastAt: number
  readonly sums: readonly number[]
  /** Over the users: the sum of the squares of each field. */
  readonly squares: readonly number[]
  /** Over the users: the sum of the products of each field and the field of which it is a share (shareOf). */
  readonly products: readonly number[]
  /** IMPRESSION events and clicks that have a position, by position. */
  readonly shownAt: readonly number[]
  readonly clickedAt: readonly number[]
}

/** The field of which a field of a tally is a share: clicks of impressions, lists with a click of lists. */
export const shareOf = (field: keyof ArmTally): keyof ArmTally => (field === 'listsClicked' ? 'lists' : 'impressions')

export const noSums: ArmSums = {
  users: 0,
  firstAt: Number.MAX_SAFE_INTEGER,
  lastAt: 0,
  sums: tallyFields.map(() => 0),
  squares: tallyFields.map(() => 0),
  products: tallyFields.map(() => 0),
  shownAt: new Array<number>(positionsMax).fill(0),
  clickedAt: new Array<number>(positionsMax).fill(0),
}

/** For one item in one placement: IMPRESSION events and clicks by position. */
export interface ItemPositions {
  readonly itemId: string
  readonly shownAt: readonly number[]
  readonly clickedAt: readonly number[]
}

/** A row of experiment_counts: the counts of one partition of topic outcomes. */
export interface PartitionCounts {
  readonly epoch: number
  /** Position in topic interactions of the newest event that is counted. */
  readonly offset: number
  /** By arm. */
  readonly arms: ReadonlyMap<string, ArmSums>
  /** By placement: the items shown most often there. */
  readonly items: ReadonlyMap<string, readonly ItemPositions[]>
}

export const noCounts: PartitionCounts = { epoch: 0, offset: -1, arms: new Map(), items: new Map() }

const version = 1

/** Key of a partition's row. */
export const countsKey = (partition: number): string => String(partition)

type Column = readonly number[]
type ArmFields = readonly [string, number, number, number, Column, Column, Column, Column, Column]
type Fields = readonly [
  epoch: number,
  offset: number,
  arms: readonly ArmFields[],
  items: readonly (readonly [
    placement: string,
    items: readonly (readonly [string, readonly number[], readonly number[]])[],
  ])[],
]

export function encodeCounts({ epoch, offset, arms, items }: PartitionCounts): Uint8Array {
  const fields: Fields = [
    epoch,
    offset,
    [...arms].map(([arm, { users, firstAt, lastAt, sums, squares, products, shownAt, clickedAt }]): ArmFields => {
      return [arm, users, firstAt, lastAt, sums, squares, products, shownAt, clickedAt]
    }),
    [...items].map(([placement, all]) => {
      return [placement, all.map(({ itemId, shownAt, clickedAt }) => [itemId, shownAt, clickedAt] as const)]
    }),
  ]
  return encodeVersioned(version, fields)
}

export function decodeCounts(bytes: Uint8Array): PartitionCounts {
  const [epoch, offset, arms, items] = decodeVersioned<Fields>(version, bytes, 'experiment_counts')
  return {
    epoch,
    offset,
    arms: new Map(
      arms.map(([arm, users, firstAt, lastAt, sums, squares, products, shownAt, clickedAt]) => {
        return [arm, { users, firstAt, lastAt, sums, squares, products, shownAt, clickedAt }]
      }),
    ),
    items: new Map(
      items.map(([placement, all]) => [
        placement,
        all.map(([itemId, shownAt, clickedAt]) => ({ itemId, shownAt, clickedAt })),
      ]),
    ),
  }
}
