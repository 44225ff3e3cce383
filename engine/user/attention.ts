import type { EventType } from '../types.ts'

/** Maximum items in a user's attention record. */
export const attentionItemsMax = 128

/** Maximum length of the ids in it together, in UTF-16 code units (at most 3 bytes each in UTF-8). */
export const attentionCharsMax = 8 * 1024

/** Maximum showings kept of an item, and so the greatest `after` of a fatigue rule. */
export const showingsMax = 10

/** What a user was shown of one item since the user last reacted to it. Times in seconds since 1970. */
export interface ItemAttention {
  readonly itemId: string
  /** Times of the newest showings without a reaction, oldest first. */
  readonly shownAt: readonly number[]
  /** Hash of the list of the newest showing; 0 where the event named none. */
  readonly listHash: number
  /** Time of the newest reaction; 0 for none since the item was first shown. */
  readonly reactedAt: number
}

/** The items that a user was shown lately, the longest ago first. At most `attentionItemsMax`. */
export type Attention = readonly ItemAttention[]

export const noAttention: Attention = []

interface Showing {
  readonly itemId: string
  readonly timestamp: number
  /** Default: null, shown outside a list. */
  readonly recommendationId?: string | null
}

/**
 * Returns the record after an IMPRESSION. An item counts once per list: a showing that names the list of the item's newest
 * showing changes nothing, and neither does one from before the newest reaction.
 */
export function withShowing(attention: Attention, { itemId, timestamp, recommendationId }: Showing): Attention {
  const at = Math.floor(timestamp / 1000)
  const listHash = recommendationId == null ? 0 : hashOfList(recommendationId)
  const known = attention.find((entry) => entry.itemId === itemId)
  if (known !== undefined && (at <= known.reactedAt || (listHash !== 0 && listHash === known.listHash)))
    return attention
  const shownAt = [...(known?.shownAt ?? []), at].sort((a, b) => a - b).slice(-showingsMax)
  return moveLast(attention, { itemId, shownAt, listHash, reactedAt: known?.reactedAt ?? 0 })
}

/** Returns the record after any other event about the item: it starts from zero. */
export function withReaction(attention: Attention, itemId: string, timestamp: number): Attention {
  const known = attention.find((entry) => entry.itemId === itemId)
  if (known === undefined) return attention
  const reactedAt = Math.max(known.reactedAt, Math.floor(timestamp / 1000))
  return moveLast(attention, { ...known, shownAt: known.shownAt.filter((at) => at > reactedAt), reactedAt })
}

/** Returns the user's record with a guest's merged in; of an item in both the showings of both count. */
export function mergeAttention(user: Attention, guest: Attention): Attention {
  const merged = new Map(user.map((entry) => [entry.itemId, entry]))
  for (const entry of guest) {
    const own = merged.get(entry.itemId)
    if (own === undefined) merged.set(entry.itemId, entry)
    else {
      const reactedAt = Math.max(own.reactedAt, entry.reactedAt)
      const shownAt = [...own.shownAt, ...entry.shownAt].filter((at) => at > reactedAt).sort((a, b) => a - b)
      const { listHash } = newestAt(own) > newestAt(entry) ? own : entry
      merged.set(entry.itemId, { ...own, shownAt: shownAt.slice(-showingsMax), listHash, reactedAt })
    }
  }
  return bounded([...merged.values()].sort((a, b) => newestAt(a) - newestAt(b)))
}

/**
 * Returns when an item that was shown at these times (seconds since 1970, oldest first) has rested: from then on fewer than
 * `after` of the showings lie in the `withinMs` before. ms since 1970; -Infinity where there are fewer showings.
 */
export function restEndsAt(shownAt: readonly number[], after: number, withinMs: number): number {
  const deciding = shownAt[shownAt.length - after]
  return deciding === undefined ? Number.NEGATIVE_INFINITY : deciding * 1000 + withinMs
}

/** Whether an event is a showing. All others are reactions. */
export const isShowing = (type: EventType): boolean => type === 'IMPRESSION'

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
