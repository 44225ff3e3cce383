/** Returns one of `of`, each with a probability proportional to its weight. `random` returns numbers in [0, 1). */
export function weighted<T>(of: Iterable<T>, weight: (one: T) => number, random: () => number): T {
  const all = [...of]
  const weights = all.map(weight)
  let left = random() * weights.reduce((sum, w) => sum + w, 0)
  const index = weights.findIndex((w) => (left -= w) < 0)
  return all[index === -1 ? all.length - 1 : index]!
}
