import type { UserSnapshot } from '../../engine/user/snapshot.ts'
import { type PackedIds, packIds, unpackIds } from './codec.ts'
import { type EventType, eventTypes } from './interaction.ts'

/** Maximum rejected items of a record, the newest. */
export const touchedRejectedMax = 64

/**
 * Events of the items that a user touched last: a part of the records of topic lists. At most 64 items with the types
 * of all their events in the history. Ages are unsigned 32-bit seconds before `newestAt`, little endian.
 */
export type PackedTouched = readonly [
  ...Rows,
  /** Place and greatest portion in percent, in turn. */ portions?: readonly number[],
]
type Rows = readonly [
  newestAt: number,
  itemIds: PackedIds,
  /** For each row: index in `itemIds`, event type, age of the newest such event. */
  places: Uint8Array,
  types: Uint8Array,
  ages: Uint8Array,
  rejected: PackedIds,
]

export interface TouchedItem {
  /** Time of the newest event of each type, ms since 1970. */
  readonly newest: ReadonlyMap<EventType, number>
  /** The greatest portion consumed, 0..1; undefined if no event has one. */
  readonly portion: number | undefined
}

export interface Touched {
  readonly items: ReadonlyMap<string, TouchedItem>
  /** Disliked, dismissed or sent back. */
  readonly rejected: readonly string[]
}

/** Returns undefined for a user without events. */
export function packTouched(snapshot: UserSnapshot): PackedTouched | undefined {
  const { items, types, ages, further = [], portions, newestAt } = snapshot
  const rejected = snapshot.rejected.slice(0, touchedRejectedMax)
  if (items.length === 0 && rejected.length === 0) return undefined
  const rows = items.map((_, place) => [place, types[place]!, ages[place]!] as const)
  for (let n = 0; n < further.length; n += 3) rows.push([further[n]!, further[n + 1]!, further[n + 2]!])
  const bytes = Buffer.allocUnsafe(rows.length * 4)
  rows.forEach(([, , age], n) => {
    bytes.writeUInt32LE(Math.min(0xffffffff, age), n * 4)
  })
  const rowsOnly: Rows = [
    newestAt,
    packIds(items),
    Uint8Array.from(rows, ([place]) => place),
    Uint8Array.from(rows, ([, type]) => type),
    bytes,
    packIds(rejected),
  ]
  if (!portions) return rowsOnly
  return [...rowsOnly, Object.entries(portions).flatMap(([place, percent]) => [Number(place), percent])]
}

export function unpackTouched([newestAt, ids, places, types, ages, rejected, portions = []]: PackedTouched): Touched {
  const itemIds = unpackIds(ids)
  const view = new DataView(ages.buffer, ages.byteOffset, ages.byteLength)
  const newest = itemIds.map(() => new Map<EventType, number>())
  places.forEach((place, n) => {
    newest[place]?.set(eventTypes[types[n]!]!, newestAt - view.getUint32(n * 4, true) * 1000)
  })
  const portionOf = new Map<number, number>()
  for (let n = 0; n < portions.length; n += 2)
    if (portions[n + 1]! >= 0) portionOf.set(portions[n]!, portions[n + 1]! / 100)
  const items = new Map(
    itemIds.map((itemId, place) => [itemId, { newest: newest[place]!, portion: portionOf.get(place) }]),
  )
  return { items, rejected: unpackIds(rejected) }
}
