import type { WasmMemory } from './wasm.ts'

/** All pointers and `lane` in bytes: see sums.wat. */
export interface SumsKernel {
  memory: WasmMemory
  place(multipliers: number, slots: number, sums: number, touched: number): void
  begin(): void
  count(): number
  touch(item: number): number
  addLater(at: number, pairs: number, scales: number, recent: number, own: number): void
  addEarlier(
    items: number,
    weights: number,
    pairs: number,
    near: number,
    fresh: number,
    ever: number,
    recent: number,
    own: number,
  ): void
  addWeights(at: number, pairs: number, scale: number, lane: number, recent: number): void
  addItems(at: number, items: number, amount: number, given: number, lane: number, recent: number): void
  tops(out: number): void
  weigh(weights: number, out: number): void
}

/**
 * Floats per touched item, of which the first sumsMax are sums; then the greatest amount that one recent item gave,
 * and which.
 */
export const laneCount = 20
export const sumsMax = 18
const amountLane = 18
export const becauseLane = 19

/** What sums.wat does, step by step, in plain JavaScript. */
export function plainSums(bytes: number): SumsKernel {
  const buffer = new ArrayBuffer(bytes)
  const ints = new Int32Array(buffer)
  const floats = new Float32Array(buffer)
  let multipliers = 0
  let slots = 0
  let sums = 0
  let touched = 0
  let count = 0

  const touch = (item: number): number => {
    const known = ints[slots + item]!
    if (known < count && ints[touched + known] === item) return (sums + known * laneCount) * 4
    const slot = count++
    ints[slots + item] = slot
    ints[touched + slot] = item
    const to = sums + slot * laneCount
    floats.fill(0, to, to + laneCount)
    ints[to + becauseLane] = -1
    return to * 4
  }
  const add = (item: number, lane: number, amount: number, given: number, recent: number) => {
    const to = touch(item) >> 2
    floats[to + lane]! += amount
    if (given <= floats[to + amountLane]!) return
    floats[to + amountLane] = given
    ints[to + becauseLane] = recent
  }

  return {
    memory: { buffer, grow: () => -1 },
    place: (multipliersAt, slotsAt, sumsAt, touchedAt) => {
      multipliers = multipliersAt >> 2
      slots = slotsAt >> 2
      sums = sumsAt >> 2
      touched = touchedAt >> 2
    },
    begin: () => {
      count = 0
    },
    count: () => count,
    touch,
    addLater: (atByte, pairs, scalesAt, recent, own) => {
      const [near, fresh, session, ever] = floats.subarray(scalesAt >> 2)
      for (let at = atByte >> 2, end = at + pairs * 6; at < end; at += 6) {
        const item = ints[at]!
        const multiplier = multipliers + item * 4
        const first = floats[multiplier]! * near! * floats[at + 2]!
        const last = floats[multiplier + 3]! * ever! * floats[at + 5]!
        add(item, 0, first, first + last, recent)
        const recently = floats[multiplier + 1]! * fresh! * floats[at + 3]!
        add(item, 1, recently, 0, recent)
        add(item, 2, floats[multiplier]! * session! * floats[at + 4]!, 0, recent)
        add(item, 3, last, 0, recent)
        if (own > 0) floats[(touch(item) + own) >> 2] = recently
      }
    },
    addEarlier: (itemsAt, weightsAt, pairs, near, fresh, ever, recent, own) => {
      for (let k = 0, at = itemsAt >> 2, weights = weightsAt >> 2; k < pairs; k++, weights += 4) {
        const item = ints[at + k]!
        const part = ever * floats[multipliers + item * 4 + 2]! * floats[weights + 3]!
        add(item, 3, part, part, recent)
        add(item, 5, near * floats[weights]!, 0, recent)
        if (own > 0) floats[(touch(item) + own) >> 2] = fresh * floats[weights + 1]!
      }
    },
    addWeights: (atByte, pairs, scale, lane, recent) => {
      for (let at = atByte >> 2, end = at + pairs * 2; at < end; at += 2) {
        const part = scale * floats[at + 1]!
        add(ints[at]!, lane >> 2, part, part, recent)
      }
    },
    addItems: (atByte, items, amount, given, lane, recent) => {
      for (let at = atByte >> 2, end = at + items; at < end; at++) add(ints[at]!, lane >> 2, amount, given, recent)
    },
    tops: (outAt) => {
      const out = outAt >> 2
      floats.fill(0, out, out + sumsMax)
      for (let slot = 0; slot < count; slot++)
        for (let lane = 0; lane < sumsMax; lane++)
          floats[out + lane] = Math.max(floats[out + lane]!, floats[sums + slot * laneCount + lane]!)
    },
    weigh: (weightsAt, outAt) => {
      for (let slot = 0; slot < count; slot++) {
        let sum = 0
        for (let lane = 0; lane < sumsMax; lane++)
          sum += floats[(weightsAt >> 2) + lane]! * floats[sums + slot * laneCount + lane]!
        floats[(outAt >> 2) + slot] = sum
      }
    },
  }
}
