/**
 * Moves the `most` items with the greatest scores to the front of `items[0 .. count)`, best first; at equal scores the
 * lower item first. In place, in expected time proportional to `count` (Hoare's quickselect) plus the time to sort the
 * selected items. Returns how many.
 *
 * @param scores by item.
 */
export function selectGreatest(items: Int32Array, count: number, scores: Float64Array, most: number): number {
  const kept = Math.min(most, count)
  let from = 0
  let to = count - 1
  while (from < to && kept < count) {
    const pivot = items[(from + to) >> 1]!
    let i = from
    let j = to
    while (i <= j) {
      while (isBefore(items[i]!, pivot, scores)) i++
      while (isBefore(pivot, items[j]!, scores)) j--
      if (i > j) continue
      const other = items[i]!
      items[i++] = items[j]!
      items[j--] = other
    }
    if (kept - 1 <= j) to = j
    else if (kept - 1 >= i) from = i
    else break
  }
  items.subarray(0, kept).sort((a, b) => scores[b]! - scores[a]! || a - b)
  return kept
}

function isBefore(a: number, b: number, scores: Float64Array): boolean {
  return scores[a]! > scores[b]! || (scores[a] === scores[b] && a < b)
}
