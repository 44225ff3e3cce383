/** The value of rank `wanted` (from 1) among the first `count`, greatest first. Leaves the values as they are (Hoare's quickselect on a copy). */
export function greatestOf(values: Float64Array, count: number, wanted: number): number {
  if (count > work.length) work = new Float64Array(count * 2)
  for (let k = 0; k < count; k++) work[k] = values[k]!
  const target = wanted - 1
  let low = 0
  let high = count - 1
  while (low < high) {
    const pivot = middle(work[low]!, work[(low + high) >> 1]!, work[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (work[i]! > pivot) i++
      while (work[j]! < pivot) j--
      if (i > j) break
      const kept = work[i]!
      work[i++] = work[j]!
      work[j--] = kept
    }
    if (target <= j) high = j
    else if (target >= i) low = i
    else break
  }
  return work[target]!
}

let work = new Float64Array(512)

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
