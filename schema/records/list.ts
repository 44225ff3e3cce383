import { revisionOf, writeTimestampOf } from '../revision.ts'
import type { PackedIgnored } from './attention.ts'
import { type PackedIds, packIds, unpackIds, withOptionalFields } from './codec.ts'
import {
  decodePlacedFields,
  encodePlaced,
  type LogPosition,
  type Placed,
  placedAt,
  placeIn,
  placeOf,
  revisionAt,
} from './placed.ts'
import { type Columns, packRanked, type RankedItem, type RankedList, unpackRanked } from './ranked-list.ts'
import type { PackedTouched } from './touched.ts'

/** One user's list: a record of topic `lists` and a row of lists_by_user. Best first. */
export interface UserList extends Placed {
  /** By the worker's clock. */
  readonly computedAt: number
  /** The log's time at which the list was ranked. */
  readonly rankedAt: number
  readonly modelVersion: number
  readonly causedByEventId: string | null
  /** The item of the newest event, as the held-out target for the previous list. Read by the quality stage. */
  readonly heldOutItem: string | null
  readonly personalized: boolean
  /** Positions of the identify records of the guests whose events are included, newest last, the last few only. */
  readonly adopted: readonly LogPosition[]
  /** Items the user has not bought, rated or dismissed. */
  readonly unseen: readonly RankedItem[]
  /** Seen items, for includeSeen: true. Merged with `unseen` by score. */
  readonly seen: readonly RankedItem[]
  /**
   * Other seen items, which must not fill a short list, newest first as far as known. Complete if shorter than
   * `unlistedMax`; null if not known.
   */
  readonly unlisted: readonly string[] | null
  /** Offset in topic interactions.backfill up to which the user's records are included; undefined: none. */
  readonly backfilled?: number
  /** Items that the user was shown without a reaction. Default: none. */
  readonly ignored?: PackedIgnored
  /** Events of the items touched last, for the `seen` rule. Default: none. */
  readonly touched?: PackedTouched
}

/**
 * Maximum of `unlisted`. Older items are in the user's state. The state is written after the list, so the newest items
 * must be here.
 */
export const unlistedMax = 64

/** A list whose items are decoded lazily: most readers need only the first ones. */
export interface StoredList extends Omit<UserList, 'unseen' | 'seen'> {
  readonly unseen: RankedList
  readonly seen: RankedList
  /** The offset of its record in topic lists; -1: none. */
  readonly place: number
}

export const listRevision = ({ position, epoch, place }: Placed & { readonly place: number }): bigint =>
  revisionOf(position.offset, epoch, place)

/** The write timestamp of the row. */
export const listWrittenAt = ({ position, epoch }: Placed): bigint => writeTimestampOf(position.offset, epoch)

const version = 1
const what = 'lists'

type Fields = readonly [
  computedAt: number,
  rankedAt: number,
  modelVersion: number,
  causedByEventId: string | null,
  heldOutItem: string | null,
  personalized: boolean,
  adopted: readonly number[],
  fresh: Columns,
  seen: Columns,
  unlisted: PackedIds | null | undefined,
  backfilled?: number | null,
  ignored?: PackedIgnored | null,
  touched?: PackedTouched,
]

export function encodeList(list: UserList): Buffer {
  const { computedAt, rankedAt, modelVersion, causedByEventId, heldOutItem, personalized } = list
  const fields: Fields = [
    computedAt,
    rankedAt,
    modelVersion,
    causedByEventId,
    heldOutItem,
    personalized,
    list.adopted.flatMap(({ partition, offset }) => [partition, offset]),
    packRanked(list.unseen),
    packRanked(list.seen),
    list.unlisted && packIds(list.unlisted),
  ]
  const { backfilled, ignored, touched } = list
  return encodePlaced(version, list, withOptionalFields(fields, [backfilled, ignored, touched]))
}

/** @throws Error for another format version, or bytes that are not a list */
export function decodeList(bytes: Uint8Array): UserList {
  const { place: _, ...list } = openList(bytes)
  return { ...list, unseen: [...list.unseen], seen: [...list.seen] }
}

/**
 * Decodes a list without its items, which are decoded from `bytes` on first use.
 * @param place offset of the record in topic lists; default: the one in the row
 */
export function openList(bytes: Uint8Array, place = placeIn(bytes)): StoredList {
  const fields = decodePlacedFields<Fields>(version, bytes, what)
  const [computedAt, rankedAt, modelVersion, causedByEventId, heldOutItem, personalized, adopted] = fields
  return {
    ...placeOf(bytes),
    place,
    computedAt,
    rankedAt,
    modelVersion,
    causedByEventId,
    heldOutItem,
    personalized,
    adopted: Array.from({ length: adopted.length / 2 }, (_, n) => ({
      partition: adopted[2 * n]!,
      offset: adopted[2 * n + 1]!,
    })),
    unseen: unpackRanked(fields[7]),
    seen: unpackRanked(fields[8]),
    ...(fields[10] != null && { backfilled: fields[10] }),
    ...(fields[11] != null && { ignored: fields[11] }),
    ...(fields[12] != null && { touched: fields[12] }),
    get unlisted() {
      return fields[9] == null ? null : unpackIds(fields[9])
    },
  }
}

/** listWrittenAt of an encoded list, without decoding it. @throws Error for another format version */
export const encodedListWrittenAt = (bytes: Uint8Array): bigint => placedAt(version, bytes, what)

/**
 * listRevision of an encoded list, without decoding it.
 * @param place offset of the record in topic lists; default: the one in the row
 * @throws Error for another format version
 */
export const encodedListRevision = (bytes: Uint8Array, place = placeIn(bytes)): bigint =>
  revisionAt(version, bytes, place, what)
