/** Weights between items, by the item that is known: from `starts[i]` on, `targets` and what i says for each of them. */
export interface ItemWeights {
  starts: Int32Array
  targets: Int32Array
  weights: Float32Array
}

export function pack(lists: readonly (readonly { target: number; weight: number }[])[]): ItemWeights {
  const starts = new Int32Array(lists.length + 1)
  lists.forEach((list, item) => {
    starts[item + 1] = starts[item]! + list.length
  })
  const total = starts[lists.length]!
  const packed = { starts, targets: new Int32Array(total), weights: new Float32Array(total) }
  let at = 0
  for (const list of lists)
    for (const { target, weight } of list) {
      packed.targets[at] = target
      packed.weights[at++] = weight
    }
  return packed
}
