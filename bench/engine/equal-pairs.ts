import { pairColumns } from '../../engine/items/row.ts'
import { PairLists, pairWords } from '../../engine/replica/pair-lists.ts'

const readsPerRun = 10

/**
 * Returns a run that adds `pairs` pairs to the list of one item, then removes the strongest and reads the list `readsPerRun` times.
 * A run returns pairs per second. With `areEqual` all pairs have the same strength and only their ids order them.
 */
export function openPairSelection({ pairs, areEqual }: { pairs: number; areEqual: boolean }): () => number {
  // In an order that differs from the order in which the items arrive.
  const ids = Array.from({ length: pairs + 1 }, (_, item) => `item-${(item * 7919) % 1_000_003}`)
  const source = Int32Array.of(0)
  const none = new Int32Array(0)
  return () => {
    const begun = performance.now()
    const lists = new PairLists(ids)
    for (let item = 0; item <= pairs; item++) lists.addItem()
    for (let item = 1; item <= pairs; item++) {
      const weights = new Float32Array(pairColumns)
      weights[0] = areEqual ? 1 : 1 + ((item * 7919) % 1_000_003)
      lists.putRow(item, source, weights, 0)
    }
    for (let read = 0; read < readsPerRun; read++) {
      const { ints, from, count } = lists.read(0)
      const strongest = Array.from({ length: count }, (_, place) => ints[from + place * pairWords]!)
      for (const item of strongest) lists.putRow(item, none, new Float32Array(0), 0)
    }
    return pairs / ((performance.now() - begun) / 1000)
  }
}
