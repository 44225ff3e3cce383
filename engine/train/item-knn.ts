import { type ItemWeights, ItemWeightsBuilder } from './item-weights.ts'
import { type SparseMatrix, transpose } from './matrix.ts'
import { selectGreatest } from './select.ts'

/** Maximum users counted per item; users of more popular items are sampled evenly. */
const usersPerItemMax = 3000
/** Maximum touches counted per user. */
const touchesPerUserMax = 500

/**
 * Item kNN over full histories: cosine similarity of two items' user sets (Sarwar et al., WWW 2001), with `shrinkage`
 * added to the size of both sets. Keeps the `neighborsMax` largest weights per *known* item, so that a rare item has
 * neighbors too; the pair counters of item rows drop such pairs first. Yields the share done, 0 to 1.
 */
export function* fitItemKnn(
  users: SparseMatrix,
  options: { neighborsMax: number; shrinkage: number },
): Generator<number, ItemWeights> {
  const items = transpose(users)
  const size = (item: number) => items.starts[item + 1]! - items.starts[item]!
  const norms = Float64Array.from({ length: users.width }, (_, item) => Math.sqrt(size(item) + options.shrinkage))
  const builder = new ItemWeightsBuilder()
  const counts = new Float64Array(users.width)
  const met = new Int32Array(users.width)
  for (let item = 0; item < users.width; item++) {
    let count = 0
    const step = Math.max(1, Math.ceil(size(item) / usersPerItemMax))
    for (let at = items.starts[item]!; at < items.starts[item + 1]!; at += step) {
      const user = items.columns[at]!
      const end = Math.min(users.starts[user + 1]!, users.starts[user]! + touchesPerUserMax)
      for (let other = users.starts[user]!; other < end; other++) {
        const target = users.columns[other]!
        if (target === item) continue
        if (counts[target] === 0) met[count++] = target
        counts[target]! += step
      }
    }
    for (let k = 0; k < count; k++) counts[met[k]!]! /= norms[item]! * norms[met[k]!]!
    const neighborsMax = selectGreatest(met, count, counts, options.neighborsMax)
    for (let k = 0; k < neighborsMax; k++) builder.add(item, met[k]!, counts[met[k]!]!)
    for (let k = 0; k < count; k++) counts[met[k]!] = 0
    if (item % 500 === 499) yield item / users.width
  }
  return builder.build(users.width)
}
