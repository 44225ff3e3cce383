/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): picks one after another what scores well and is
 * unlike what was picked before.
 *
 * @param scores best first; they are brought to 0..1.
 * @param labels the categories of each; likeness is the Jaccard index, 0 where one has none.
 * @param diversity 0: the order stays; 1: likeness alone decides after the first.
 * @param limit how many to pick.
 * @returns places in the order they are picked.
 */
export function diversify(
  scores: ArrayLike<number>,
  labels: readonly (readonly string[])[],
  diversity: number,
  limit: number,
): number[] {
  const n = labels.length
  const span = n === 0 ? 1 : scores[0]! - scores[n - 1]! || 1
  const worth = Array.from({ length: n }, (_, k) => 1 - (scores[0]! - scores[k]!) / span)
  const likeness = new Float64Array(n)
  const left = new Set(worth.keys())
  const picked: number[] = []
  while (picked.length < limit && left.size > 0) {
    let best = -1
    let most = -Infinity
    for (const k of left) {
      const value = (1 - diversity) * worth[k]! - diversity * likeness[k]!
      if (value > most) {
        most = value
        best = k
      }
    }
    left.delete(best)
    picked.push(best)
    for (const k of left) likeness[k] = Math.max(likeness[k]!, jaccard(labels[best]!, labels[k]!))
  }
  return picked
}

function jaccard(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0
  let both = 0
  for (const label of a) if (b.includes(label)) both++
  return both / (a.length + b.length - both)
}
