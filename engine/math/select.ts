/**
 * Returns the value of rank `wanted` (from 1) among the first `count`, greatest first. Does not change the values
 * (Hoare's quickselect on a copy).
 */
export function kthGreatest(values: Float32Array | Float64Array, count: number, wanted: number): number {
  if (count > work.length) work = new Float64Array(count * 2)
  for (let k = 0; k < count; k++) work[k] = values[k]!
  return quickselect(work, count, wanted)
}

/** Estimates a threshold that at least `wanted` of the first `count` values probably reach, from every 16th value. */
export function estimatedThreshold(values: Float32Array | Float64Array, count: number, wanted: number): number {
  const sampled = Math.floor(count / sampleStride)
  const rank = Math.ceil((wanted / sampleStride) * 1.5) + 8
  if (rank >= sampled) return -Infinity
  if (sampled > work.length) work = new Float64Array(sampled * 2)
  for (let k = 0; k < sampled; k++) work[k] = values[k * sampleStride]!
  return quickselect(work, sampled, rank)
}

/**
 * Returns the item of rank `wanted` (from 1) among the first `count` items, in the strict total order `isBefore`.
 * Reorders the items. Takes linear time on average for every input: pivots are pseudo-random (Hoare's quickselect).
 */
export function kthInOrder(
  items: Int32Array,
  count: number,
  wanted: number,
  isBefore: (a: number, b: number) => boolean,
): number {
  const target = wanted - 1
  let low = 0
  let high = count - 1
  let random = 1
  while (low < high) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
    const pivot = items[low + Math.floor((random / 2 ** 32) * (high - low + 1))]!
    let i = low
    let j = high
    while (i <= j) {
      while (isBefore(items[i]!, pivot)) i++
      while (isBefore(pivot, items[j]!)) j--
      if (i > j) break
      const kept = items[i]!
      items[i++] = items[j]!
      items[j--] = kept
    }
    if (target <= j) high = j
    else if (target >= i) low = i
    else break
  }
  return items[target]!
}

const sampleStride = 16
let work = new Float64Array(512)

function quickselect(among: Float64Array, count: number, wanted: number): number {
  const target = wanted - 1
  let low = 0
  let high = count - 1
  while (low < high) {
    const pivot = medianOfThree(among[low]!, among[(low + high) >> 1]!, among[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (among[i]! > pivot) i++
      while (among[j]! < pivot) j--
      if (i > j) break
      const kept = among[i]!
      among[i++] = among[j]!
      among[j--] = kept
    }
    if (target <= j) high = j
    else if (target >= i) low = i
    else break
  }
  return among[target]!
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
