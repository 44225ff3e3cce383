import type { UserSnapshot } from '../../engine/user/snapshot.ts'
import type { PackedIgnored } from './attention.ts'
import { type PackedIds, packIds, unpackIds, withOptionalFields } from './codec.ts'
import type { LogPosition } from './placed.ts'
import { decodePlacedFields, encodePlaced, type Placed, placedAt, placeOf } from './placed.ts'

/** A record of topic `user-vectors`, keyed by user: the data of a user that ranking needs. */
export interface UserVector extends Placed {
  readonly causedByEventId: string | null
  readonly heldOutItem: string | null
  readonly adopted: readonly LogPosition[]
  /** Offset in topic interactions.backfill up to which the user's records are included; undefined: none. */
  readonly backfilled?: number
  /** Items that the user was shown without a reaction. Default: none. */
  readonly ignored?: PackedIgnored
  readonly snapshot: UserSnapshot
}

const version = 1
const what = 'user-vectors'

type Fields = readonly [
  causedByEventId: string | null,
  heldOutItem: string | null,
  adopted: readonly number[],
  newestAt: number,
  items: PackedIds,
  types: readonly number[],
  strengths: readonly number[],
  ages: readonly number[],
  rejected: PackedIds,
  seen: PackedIds,
  vector: Uint8Array | null,
  modelVersion: number,
  backfilled?: number | null,
  ignored?: PackedIgnored | null,
  portions?: readonly number[] | null,
  further?: readonly number[] | null,
  habits?: readonly number[] | null,
]

/** The user is the record's key and not part of the value. */
export function encodeUserVector(user: UserVector): Buffer {
  const { snapshot, causedByEventId, heldOutItem, adopted, backfilled, ignored } = user
  const { newestAt, types, strengths, ages, vector, modelVersion, portions, further, habits } = snapshot
  const fields = [
    causedByEventId,
    heldOutItem,
    adopted.flatMap(({ partition, offset }) => [partition, offset]),
    newestAt,
    packIds(snapshot.items),
    types,
    strengths,
    ages,
    packIds(snapshot.rejected),
    packIds(snapshot.seen),
    vector,
    modelVersion,
  ] satisfies Fields
  const optional = [backfilled, ignored, portions && packPortions(portions), further, habits]
  return encodePlaced(version, user, withOptionalFields(fields, optional))
}

export function decodeUserVector(userId: string, bytes: Uint8Array): UserVector {
  const [
    causedByEventId,
    heldOutItem,
    adopted,
    newestAt,
    items,
    types,
    strengths,
    ages,
    rejected,
    seen,
    vector,
    modelVersion,
    backfilled,
    ignored,
    portions,
    further,
    habits,
  ] = decodePlacedFields<Fields>(version, bytes, what)
  return {
    ...placeOf(bytes),
    causedByEventId,
    heldOutItem,
    adopted: Array.from({ length: adopted.length / 2 }, (_, n) => ({
      partition: adopted[2 * n]!,
      offset: adopted[2 * n + 1]!,
    })),
    ...(backfilled != null && { backfilled }),
    ...(ignored != null && { ignored }),
    snapshot: {
      userId,
      newestAt,
      items: unpackIds(items),
      types: [...types],
      strengths: [...strengths],
      ages: [...ages],
      rejected: unpackIds(rejected),
      seen: unpackIds(seen),
      vector,
      modelVersion,
      ...(portions && { portions: unpackPortions(portions) }),
      ...(further && { further: [...further] }),
      ...(habits && { habits: [...habits] }),
    },
  }
}

/** Index and percentage in turn. */
const packPortions = (portions: Readonly<Record<number, number>>): number[] =>
  Object.entries(portions).flatMap(([place, percent]) => [Number(place), percent])

function unpackPortions(flat: readonly number[]): Record<number, number> {
  const portions: Record<number, number> = {}
  for (let n = 0; n < flat.length; n += 2) portions[flat[n]!] = flat[n + 1]!
  return portions
}

/** The revision of a list made from an encoded vector, without decoding it. @throws Error for another version */
export const encodedVectorAt = (bytes: Uint8Array): bigint => placedAt(version, bytes, what)
