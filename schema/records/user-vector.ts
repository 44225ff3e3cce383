import type { UserSnapshot } from '../../engine/user/snapshot.ts'
import type { PackedIgnored } from './attention.ts'
import { type PackedIds, packIds, unpackIds } from './codec.ts'
import type { LogPosition } from './placed.ts'
import { decodePlacedFields, encodePlaced, type Placed, placedAt, placeOf } from './placed.ts'

/** A record of topic `user-vectors`, keyed by user: what ranking needs of a user, and nothing more. */
export interface UserVector extends Placed {
  readonly causedByEventId: string | null
  readonly heldOutItem: string | null
  readonly adopted: readonly LogPosition[]
  /** Offset in topic interactions.backfill up to which the user's records are in here; undefined: none. */
  readonly backfilled?: number
  /** What the user was shown without reacting to it. Default: nothing. */
  readonly ignored?: PackedIgnored
  readonly snapshot: UserSnapshot
}

const version = 1
const what = 'user-vectors'

type Fields = readonly [
  causedByEventId: string | null,
  heldOutItem: string | null,
  adopted: readonly number[],
  seq: number,
  events: number,
  at: number,
  items: PackedIds,
  types: readonly number[],
  strengths: readonly number[],
  ages: readonly number[],
  repeats: readonly number[],
  rejected: PackedIds,
  seen: PackedIds,
  vector: Uint8Array | null,
  modelVersion: number,
  backfilled?: number | null,
  ignored?: PackedIgnored | null,
  portions?: readonly number[] | null,
  further?: readonly number[] | null,
  habits?: readonly number[],
]

/** The user is in the record's key, and not in the value. */
export function encodeUserVector(user: UserVector): Buffer {
  const { snapshot, causedByEventId, heldOutItem, adopted } = user
  const { seq, events, newestAt, types, strengths, ages, repeats, vector, modelVersion } = snapshot
  const fields: Fields = [
    causedByEventId,
    heldOutItem,
    adopted.flatMap(({ partition, offset }) => [partition, offset]),
    seq,
    events,
    newestAt,
    packIds(snapshot.items),
    types,
    strengths,
    ages,
    repeats,
    packIds(snapshot.rejected),
    packIds(snapshot.seen),
    vector,
    modelVersion,
  ]
  const { backfilled, ignored } = user
  const { portions, further, habits } = snapshot
  if (portions || further || habits) {
    const more: unknown[] = [portions ? packPortions(portions) : null]
    if (further || habits) more.push(further ?? null)
    if (habits) more.push(habits)
    return encodePlaced(version, user, [...fields, backfilled ?? null, ignored ?? null, ...more])
  }
  if (ignored !== undefined) return encodePlaced(version, user, [...fields, backfilled ?? null, ignored])
  return encodePlaced(version, user, backfilled === undefined ? fields : [...fields, backfilled])
}

export function decodeUserVector(userId: string, bytes: Uint8Array): UserVector {
  const fields = decodePlacedFields<Fields>(version, bytes, what)
  const [causedByEventId, heldOutItem, adopted, seq, events, newestAt] = fields
  return {
    ...placeOf(bytes),
    causedByEventId,
    heldOutItem,
    adopted: Array.from({ length: adopted.length / 2 }, (_, n) => ({
      partition: adopted[2 * n]!,
      offset: adopted[2 * n + 1]!,
    })),
    ...(fields[15] != null && { backfilled: fields[15] }),
    ...(fields[16] != null && { ignored: fields[16] }),
    snapshot: {
      userId,
      seq,
      events,
      newestAt,
      items: unpackIds(fields[6]),
      types: [...fields[7]],
      strengths: [...fields[8]],
      ages: [...fields[9]],
      repeats: [...fields[10]],
      rejected: unpackIds(fields[11]),
      seen: unpackIds(fields[12]),
      vector: fields[13],
      modelVersion: fields[14],
      ...(fields[17] && { portions: unpackPortions(fields[17]) }),
      ...(fields[18] && { further: [...fields[18]] }),
      ...(fields[19] && { habits: [...fields[19]] }),
    },
  }
}

/** Place and percent in turn. */
const packPortions = (portions: Readonly<Record<number, number>>): number[] =>
  Object.entries(portions).flatMap(([place, percent]) => [Number(place), percent])

function unpackPortions(flat: readonly number[]): Record<number, number> {
  const portions: Record<number, number> = {}
  for (let n = 0; n < flat.length; n += 2) portions[flat[n]!] = flat[n + 1]!
  return portions
}

/** The revision that a list made from an encoded vector is written at, without decoding it. @throws Error for another version */
export const encodedVectorAt = (bytes: Uint8Array): bigint => placedAt(version, bytes, what)
