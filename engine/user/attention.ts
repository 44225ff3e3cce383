import type { EventType } from '../types.ts'

/** Maximum items in a user's attention record. */
export const attentionItemsMax = 128

/** Maximum length of the ids in it together, in UTF-16 code units (at most 3 bytes each in UTF-8). */
export const attentionCharsMax = 8 * 1024

/** Maximum impressions kept per item, and therefore the maximum `after` of a fatigue rule. */
export const impressionsMax = 10

/** The impressions of one item for one user since the user's last reaction to it. Times in seconds since 1970. */
export interface ItemAttention {
  readonly itemId: string
  /** Times of the newest impressions without a reaction, oldest first. */
  readonly shownAt: readonly number[]
  /** Hash of the list of the newest impression; 0 where the event named none. */
  readonly listHash: number
  /** Time of the newest reaction; 0 for none since the item was first shown. */
  readonly reactedAt: number
}

/** The items of a user's latest impressions, the oldest first. At most `attentionItemsMax`. */
export type Attention = readonly ItemAttention[]

export const noAttention: Attention = []

interface Impression {
  readonly itemId: string
  readonly timestamp: number
  /** Default: null, shown outside a list. */
  readonly recommendationId?: string | null
}

/**
 * Returns the record after an IMPRESSION. An item counts once per list: an impression that names the list of the
 * item's newest impression changes nothing, and neither does one from before the newest reaction.
 */
export function withImpression(attention: Attention, { itemId, timestamp, recommendationId }: Impression): Attention {
  const at = Math.floor(timestamp / 1000)
  const listHash = recommendationId == null ? 0 : hashOfList(recommendationId)
  const known = attention.find((entry) => entry.itemId === itemId)
  if (known !== undefined && (at <= known.reactedAt || (listHash !== 0 && listHash === known.listHash)))
    return attention
  const shownAt = [...(known?.shownAt ?? []), at].sort((a, b) => a - b).slice(-impressionsMax)
  return moveLast(attention, { itemId, shownAt, listHash, reactedAt: known?.reactedAt ?? 0 })
}

/** Returns the record after a reaction: impressions up to its time no longer count. */
export function withReaction(attention: Attention, itemId: string, timestamp: number): Attention {
  const known = attention.find((entry) => entry.itemId === itemId)
  if (known === undefined) return attention
  const reactedAt = Math.max(known.reactedAt, Math.floor(timestamp / 1000))
  return moveLast(attention, { ...known, shownAt: known.shownAt.filter((at) => at > reactedAt), reactedAt })
}

/** Returns the user's record merged with a guest's. For an item in both, the impressions of both count. */
export function mergeAttention(user: Attention, guest: Attention): Attention {
  const merged = new Map(user.map((entry) => [entry.itemId, entry]))
  for (const entry of guest) {
    const own = merged.get(entry.itemId)
    if (own === undefined) merged.set(entry.itemId, entry)
    else {
      const reactedAt = Math.max(own.reactedAt, entry.reactedAt)
      const shownAt = [...own.shownAt, ...entry.shownAt].filter((at) => at > reactedAt).sort((a, b) => a - b)
      const { listHash } = newestAt(own) > newestAt(entry) ? own : entry
      merged.set(entry.itemId, { ...own, shownAt: shownAt.slice(-impressionsMax), listHash, reactedAt })
    }
  }
  return bounded([...merged.values()].sort((a, b) => newestAt(a) - newestAt(b)))
}

/**
 * Returns when the rest of an item with impressions at these times (seconds since 1970, oldest first) ends: from then
 * on fewer than `after` of them are within the last `withinMs`. ms since 1970; -Infinity if there are fewer
 * impressions.
 */
export function restEndsAt(shownAt: readonly number[], after: number, withinMs: number): number {
  const deciding = shownAt[shownAt.length - after]
  return deciding === undefined ? Number.NEGATIVE_INFINITY : deciding * 1000 + withinMs
}

/** Whether an event is an impression. All others are reactions. */
export const isImpression = (type: EventType): boolean => type === 'IMPRESSION'

const newestAt = ({ shownAt, reactedAt }: ItemAttention): number => Math.max(shownAt.at(-1) ?? 0, reactedAt)

function moveLast(attention: Attention, entry: ItemAttention): Attention {
  return bounded([...attention.filter(({ itemId }) => itemId !== entry.itemId), entry])
}

/** Drops the items that were shown the longest ago. */
function bounded(attention: Attention): Attention {
  let first = attention.length
  let chars = 0
  while (first > 0 && attention.length - first < attentionItemsMax) {
    chars += attention[first - 1]!.itemId.length
    if (chars > attentionCharsMax) break
    first--
  }
  return first === 0 ? attention : attention.slice(first)
}

/** FNV-1a over UTF-16 code units, 32 bits, never 0. */
export function hashOfList(recommendationId: string): number {
  let hash = 0x811c9dc5
  for (let k = 0; k < recommendationId.length; k++) {
    hash = Math.imul(hash ^ recommendationId.charCodeAt(k), 0x01000193)
  }
  return hash >>> 0 || 1
}
