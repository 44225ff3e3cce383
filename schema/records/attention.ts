import type { Attention, ItemAttention } from '../../engine/user/attention.ts'
import { type PackedIds, packIds, unpackIds } from './codec.ts'

/**
 * An attention record in columns, a part of user_states and of the records of topics user-vectors and lists. In these
 * topics it lacks the items to which the user reacted. Times are unsigned 32-bit seconds, little endian.
 */
export type PackedAttention = readonly [
  itemIds: PackedIds,
  /** Number of impressions of each item, 0 to 10. */
  counts: Uint8Array,
  /** The times of all items, one item after another. */
  shownAt: Uint8Array,
  listHashes: Uint8Array,
  reactedAt: Uint8Array,
]

export function packAttention(attention: Attention): PackedAttention {
  return [
    packIds(attention.map(({ itemId }) => itemId)),
    Uint8Array.from(attention, ({ shownAt }) => shownAt.length),
    packSeconds(attention.flatMap(({ shownAt }) => shownAt)),
    packSeconds(attention.map(({ listHash }) => listHash)),
    packSeconds(attention.map(({ reactedAt }) => reactedAt)),
  ]
}

export function unpackAttention([itemIds, counts, shownAt, listHashes, reactedAt]: PackedAttention): ItemAttention[] {
  const times = unpackSeconds(shownAt)
  const hashes = unpackSeconds(listHashes)
  const reactions = unpackSeconds(reactedAt)
  let from = 0
  return unpackIds(itemIds).map((itemId, k) => {
    const to = from + counts[k]!
    const entry = { itemId, shownAt: times.slice(from, to), listHash: hashes[k]!, reactedAt: reactions[k]! }
    from = to
    return entry
  })
}

/** The part that readers need: the items that were shown without a reaction. undefined if there are none. */
export function packIgnored(attention: Attention | undefined): PackedIgnored | undefined {
  const ignored = attention?.filter(({ shownAt }) => shownAt.length > 0) ?? []
  if (ignored.length === 0) return undefined
  const [itemIds, counts, shownAt] = packAttention(ignored)
  return [itemIds, counts, shownAt]
}

export type PackedIgnored = readonly [itemIds: PackedIds, counts: Uint8Array, shownAt: Uint8Array]

/** Returns by item when it was shown, seconds since 1970, oldest first. */
export function unpackIgnored([itemIds, counts, shownAt]: PackedIgnored): ReadonlyMap<string, readonly number[]> {
  const times = unpackSeconds(shownAt)
  const ignored = new Map<string, readonly number[]>()
  let from = 0
  unpackIds(itemIds).forEach((itemId, k) => {
    ignored.set(itemId, times.slice(from, (from += counts[k]!)))
  })
  return ignored
}

function packSeconds(seconds: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(seconds.length * 4)
  for (let k = 0; k < seconds.length; k++) {
    bytes.writeUInt32LE(Math.min(0xffffffff, Math.max(0, seconds[k]!)), k * 4)
  }
  return bytes
}

function unpackSeconds({ buffer, byteOffset, byteLength }: Uint8Array): number[] {
  const view = new DataView(buffer, byteOffset, byteLength)
  return Array.from({ length: byteLength / 4 }, (_, k) => view.getUint32(k * 4, true))
}
