/** Maximum ids in a user's seen items. */
export const seenIdsMax = 5000

/** Maximum length of all seen ids of a user together, in UTF-16 code units (at most 3 bytes each in UTF-8). */
export const seenCharsMax = 192 * 1024

/** The share of both limits that is kept when one is exceeded, so that ids are removed once for many events. */
const keptShare = 0.95

/**
 * The items that a user has bought, rated or rejected, with the number of such events per item, so that an undo can
 * subtract one. Sorted by id, in columns.
 */
export interface SeenItems {
  ids: string[]
  counts: number[]
}

export function hasSeen(seen: SeenItems, itemId: string): boolean {
  return seen.ids[lowerBound(seen.ids, itemId)] === itemId
}

/** Returns how many events marked the item as seen. */
export function seenCount(seen: SeenItems, itemId: string): number {
  const at = lowerBound(seen.ids, itemId)
  return seen.ids[at] === itemId ? seen.counts[at]! : 0
}

export function addSeen(seen: SeenItems, itemId: string, count = 1): SeenItems {
  const at = lowerBound(seen.ids, itemId)
  const counts = seen.counts.slice()
  if (seen.ids[at] === itemId) {
    counts[at]! += count
    return { ids: seen.ids, counts }
  }
  const ids = seen.ids.slice()
  ids.splice(at, 0, itemId)
  counts.splice(at, 0, count)
  return { ids, counts }
}

/** Subtracts one event. An item without remaining events is removed. */
export function removeSeen(seen: SeenItems, itemId: string): SeenItems {
  const at = lowerBound(seen.ids, itemId)
  if (seen.ids[at] !== itemId) return seen
  const counts = seen.counts.slice()
  if (counts[at]! > 1) {
    counts[at]!--
    return { ids: seen.ids, counts }
  }
  const ids = seen.ids.slice()
  ids.splice(at, 1)
  counts.splice(at, 1)
  return { ids, counts }
}

/** Adds the counts of two sets. Takes time linear in both. */
export function mergeSeen(a: SeenItems, b: SeenItems): SeenItems {
  const ids: string[] = []
  const counts: number[] = []
  let i = 0
  let j = 0
  while (i < a.ids.length || j < b.ids.length) {
    const isFromA = j === b.ids.length || (i < a.ids.length && a.ids[i]! <= b.ids[j]!)
    const id = isFromA ? a.ids[i]! : b.ids[j]!
    let count = 0
    if (a.ids[i] === id) count += a.counts[i++]!
    if (b.ids[j] === id) count += b.counts[j++]!
    ids.push(id)
    counts.push(count)
  }
  return { ids, counts }
}

/**
 * Returns the set within `seenIdsMax` and `seenCharsMax`: the set itself where it is, else one of about 95 % of the
 * limits. The items in `recent` stay, and of the others those with the most events; at equal numbers a hash of the id
 * decides, so that every machine keeps the same. A removed item may be recommended again. `recent` must fit the limits.
 */
export function boundSeen(seen: SeenItems, recent: () => ReadonlySet<string>): SeenItems {
  let chars = 0
  for (const id of seen.ids) chars += id.length
  if (seen.ids.length <= seenIdsMax && chars <= seenCharsMax) return seen
  const kept = recent()
  const ranked = seen.ids.map((id, k) => {
    return { id, count: seen.counts[k]!, rank: kept.has(id) ? Infinity : seen.counts[k]!, hash: hashOf(id) }
  })
  ranked.sort((a, b) => (a.rank === b.rank ? a.hash - b.hash : b.rank > a.rank ? 1 : -1))
  const ids: typeof ranked = []
  let left = Math.floor(seenCharsMax * keptShare)
  for (const one of ranked) {
    left -= one.id.length
    if (ids.length >= seenIdsMax * keptShare || left < 0) break
    ids.push(one)
  }
  ids.sort((a, b) => (a.id < b.id ? -1 : 1))
  return { ids: ids.map(({ id }) => id), counts: ids.map(({ count }) => count) }
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let k = 0; k < id.length; k++) hash = Math.imul(hash ^ id.charCodeAt(k), 0x01000193)
  return hash >>> 0
}

/** First index whose id is not below `itemId`, by UTF-16 code units (the same on every machine). */
function lowerBound(ids: readonly string[], itemId: string): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ids[middle]! < itemId) low = middle + 1
    else high = middle
  }
  return low
}
