/**
 * The items a user has bought, rated or dismissed, with the number of such events per item, so that an undo can
 * subtract one. Sorted by id, in columns.
 */
export interface SeenItems {
  ids: string[]
  counts: number[]
}

export function hasSeen(seen: SeenItems, itemId: string): boolean {
  return seen.ids[lowerBound(seen.ids, itemId)] === itemId
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
