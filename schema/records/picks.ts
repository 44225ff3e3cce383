import { revisionOf } from '../revision.ts'
import { decodeVersioned, type PackedIds, packIds, unpackIds } from './codec.ts'
import { type EventType, eventTypes } from './interaction.ts'
import { decodePlacedFields, encodePlaced, type LogPosition, type Placed, placedAt, placeOf } from './placed.ts'
import {
  type Columns,
  kinds,
  packRanked,
  type RankedItem,
  type RankedList,
  toReason,
  unpackRanked,
} from './ranked-list.ts'

/** One user's list: a record of topic `picks` and a row of picks_by_user. Best first. `changed` makes the revision. */
export interface Picks extends Placed {
  /** By the worker's clock. */
  readonly computedAt: number
  /** By the log's time: what `now` was when it was ranked. */
  readonly rankedAt: number
  readonly modelVersion: number
  readonly causedByEventId: string | null
  /** The item that the list before this one should have held: what the quality stage scores. */
  readonly foreseeable: string | null
  readonly personalized: boolean
  /** The experiment's variant that ranked it, where there is one. */
  readonly variant: string | null
  /** Where the guests' identify records stood whose events are in here, newest last, the last few only. */
  readonly adopted: readonly LogPosition[]
  /** What the user has not bought, rated or dismissed. */
  readonly fresh: readonly RankedItem[]
  /** What the user has, for includeSeen: true; merged with `fresh` by score. */
  readonly seen: readonly RankedItem[]
  /**
   * What else the user is done with and may not fill a short list, newest first as far as that is known. All of it where it
   * is less than `unlistedMax`; null in lists of releases that did not write it.
   */
  readonly unlisted: readonly string[] | null
}

/** The user's state knows the rest. It is written after the list, so the newest have to be here. */
export const unlistedMax = 64

/** A list whose items are decoded as far as they are read: few readers want all of them. */
export interface StoredPicks extends Omit<Picks, 'fresh' | 'seen'> {
  readonly fresh: RankedList
  readonly seen: RankedList
}

export const picksRevision = (picks: Placed): bigint => revisionOf(picks.changed, picks.epoch)

/** The write timestamp of the row: newer positions win even where the list itself is the same. */
export const picksWrittenAt = (picks: Placed): bigint => revisionOf(picks.position.offset, picks.epoch)

const version = 2
const what = 'picks'

type Fields = readonly [
  computedAt: number,
  rankedAt: number,
  modelVersion: number,
  causedByEventId: string | null,
  foreseeable: string | null,
  personalized: boolean,
  variant: string | null,
  adopted: readonly number[],
  fresh: Columns,
  seen: Columns,
  unlisted: PackedIds | null | undefined,
]

export function encodePicks(picks: Picks): Buffer {
  const { computedAt, rankedAt, modelVersion, causedByEventId, foreseeable, personalized, variant } = picks
  return encodePlaced(version, picks, [
    computedAt,
    rankedAt,
    modelVersion,
    causedByEventId,
    foreseeable,
    personalized,
    variant,
    picks.adopted.flatMap(({ partition, offset }) => [partition, offset]),
    packRanked(picks.fresh),
    packRanked(picks.seen),
    picks.unlisted && packIds(picks.unlisted),
  ] satisfies Fields)
}

/** Reads versions 1 and 2. */
export function decodePicks(bytes: Uint8Array): Picks {
  const picks = openPicks(bytes)
  return { ...picks, fresh: [...picks.fresh], seen: [...picks.seen] }
}

/** The same without the items, which are read from `bytes` when they are asked for. */
export function openPicks(bytes: Uint8Array): StoredPicks {
  if (bytes[0] === 1) return decodePicksV1(bytes)
  const fields = decodePlacedFields<Fields>(version, bytes, what)
  const [computedAt, rankedAt, modelVersion, causedByEventId, foreseeable, personalized, variant, adopted] = fields
  return {
    ...placeOf(bytes),
    computedAt,
    rankedAt,
    modelVersion,
    causedByEventId,
    foreseeable,
    personalized,
    variant,
    adopted: Array.from({ length: adopted.length / 2 }, (_, n) => ({
      partition: adopted[2 * n],
      offset: adopted[2 * n + 1],
    })),
    fresh: unpackRanked(fields[8]),
    seen: unpackRanked(fields[9]),
    get unlisted() {
      return fields[10] == null ? null : unpackIds(fields[10])
    },
  }
}

/** picksWrittenAt of an encoded list, without decoding it. */
export const encodedPicksWrittenAt = (bytes: Uint8Array): bigint =>
  bytes[0] === version ? placedAt(bytes) : picksWrittenAt(decodePicks(bytes))

/** As written by releases before version 2: one map, and one detail an item. */
function decodePicksV1(bytes: Uint8Array): Picks {
  const raw = decodeVersioned<
    Omit<Picks, 'position' | 'adopted' | 'fresh' | 'seen' | 'unlisted'> & {
      position: [number, number]
      adopted: [number, number][]
      fresh: ColumnsV1
      seen: ColumnsV1
    }
  >(1, bytes, what)
  return {
    ...raw,
    position: { partition: raw.position[0], offset: raw.position[1] },
    adopted: raw.adopted.map(([partition, offset]) => ({ partition, offset })),
    fresh: fromColumnsV1(raw.fresh),
    seen: fromColumnsV1(raw.seen),
    unlisted: null,
  }
}

interface ColumnsV1 {
  i: string[]
  s: Uint8Array
  k: Uint8Array
  r: unknown[]
}

function fromColumnsV1({ i, s, k, r }: ColumnsV1): RankedItem[] {
  const scores = new DataView(s.buffer, s.byteOffset, s.byteLength)
  return i.map((itemId, n) => {
    const [detail, eventType] = kinds[k[n]] === 'because' ? (r[n] as [string, EventType]) : [r[n], eventTypes[0]]
    return { itemId, score: scores.getFloat32(n * 4, true), reason: toReason(kinds[k[n]], detail, eventType) }
  })
}
