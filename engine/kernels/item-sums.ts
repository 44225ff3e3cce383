import { becauseLane, laneCount, plainSums, type SumsKernel, sumsMax } from './plain-sums.ts'
import { sumsWasm } from './sums-wasm.ts'
import { openKernel, type Wasm, wasmOf } from './wasm.ts'

export { laneCount, sumsMax }

/** Maximum words of a list that one kernel call reads. */
const scratchWords = 1 << 14
const smallInputWords = 4 * sumsMax * 2

/** Pairs of an item's list: `count` times six words of `ints` from `from` on. */
export interface PairWords {
  readonly ints: Int32Array
  readonly from: number
  readonly count: number
}

/**
 * Sums of several sources per item. A reset takes constant time, and the sums lie in the order in which items were
 * touched, so that passes over them read memory sequentially. By sums.wat, or in plain JavaScript without WebAssembly
 * SIMD (equal up to rounding). One query at a time.
 */
export class ItemSums {
  isFast = true
  /** laneCount per touched item, in the order of `touched`. All views are new after a `begin`. */
  values = new Float32Array(0)
  touched = new Int32Array(0)
  /** Per touched item, after `weigh`. */
  weighed = new Float32Array(0)
  /** `multipliersPerItem` per item, as in ItemStats; the caller writes them after `begin`. */
  multipliers = new Float32Array(0)
  private slots = new Int32Array(0)
  private because = new Int32Array(0)
  private ints = new Int32Array(0)
  private floats = new Float32Array(0)
  private smallInput = new Float32Array(0)
  private addresses = { smallInput: 0, weighed: 0, scratch: 0 }
  private capacity = -1
  private total = 0
  private kernel: SumsKernel

  constructor(private readonly wasm: Wasm | null = wasmOf()) {
    this.kernel = this.open(0)
  }

  /**
   * Begins a query over items numbered below `items`. Returns whether the memory is new, so that `multipliers` is
   * empty.
   */
  begin(items: number): boolean {
    const isNew = items > this.capacity
    if (isNew) this.kernel = this.open(Math.max(256, items + (items >> 1)))
    this.kernel.begin()
    return isNew
  }

  get count(): number {
    return this.kernel.count()
  }

  touch(item: number): void {
    this.kernel.touch(item)
  }

  add(item: number, lane: number, amount: number): void {
    this.values[this.slots[item]! * laneCount + lane]! += amount
  }

  /** After `weigh`, when no more are touched. */
  isTouched(item: number): boolean {
    const slot = this.slots[item]!
    return slot < this.total && this.touched[slot] === item
  }

  /**
   * Where the sums of an item begin in `values`; -1 where it is not touched. After `weigh`, when no more are touched.
   */
  placeOf(item: number): number {
    return this.isTouched(item) ? this.slots[item]! * laneCount : -1
  }

  /** Index of the recent item that contributed the greatest amount to an item; -1 for none. After `weigh`. */
  becauseOf(item: number): number {
    return this.isTouched(item) ? this.because[this.slots[item]! * laneCount + becauseLane]! : -1
  }

  /**
   * Adds the pairs of one recent item with items that came after it.
   *
   * @param scales of near, fresh, session and ever, which go to lanes 0 to 3
   * @param recent index of the recent item, for `becauseOf`
   * @param own lane that is set to what these pairs add to fresh; 0: none
   */
  addLater({ ints, from, count }: PairWords, scales: readonly number[], recent: number, own: number): void {
    this.ints.set(ints.subarray(from, from + count * 6))
    for (let k = 0; k < 4; k++) this.smallInput[k] = scales[k]!
    this.kernel.addLater(this.addresses.scratch, count, this.addresses.smallInput, recent, own * 4)
  }

  /**
   * Adds the pairs of one recent item with items that came before it: near to lane 5 and ever to lane 3.
   *
   * @param weights four per item: near, fresh, session, ever
   * @param own lane that is set to fresh; 0: none
   */
  addEarlier(
    items: Int32Array,
    weights: Float32Array,
    scales: readonly [near: number, fresh: number, ever: number],
    recent: number,
    own: number,
  ): void {
    const weightsAt = (items.length + 3) & ~3
    this.ints.set(items)
    this.floats.set(weights, weightsAt)
    const { scratch } = this.addresses
    this.kernel.addEarlier(scratch, scratch + weightsAt * 4, items.length, ...scales, recent, own * 4)
  }

  /**
   * Adds weight · scale to `lane` for the pairs `from` to `to` (exclusive): item and weight, as the bits of a
   * float32.
   */
  addWeights(pairs: Int32Array, from: number, to: number, scale: number, lane: number, recent: number): void {
    for (let begin = from; begin < to; begin += scratchWords / 2) {
      const end = Math.min(to, begin + scratchWords / 2)
      this.ints.set(pairs.subarray(2 * begin, 2 * end))
      this.kernel.addWeights(this.addresses.scratch, end - begin, scale, lane * 4, recent)
    }
  }

  /**
   * Adds `amount` to `lane` for every item but `except`.
   * @param given amount that counts for `becauseOf`
   */
  addItems(items: readonly number[], except: number, amount: number, given: number, lane: number, recent: number) {
    const { ints } = this
    let count = 0
    for (const item of items) if (item !== except) ints[count++] = item
    this.kernel.addItems(this.addresses.scratch, count, amount, given, lane * 4, recent)
  }

  /** The maximum of each sum, at least 0. Valid until the next call of any method. */
  tops(): Float32Array {
    this.kernel.tops(this.addresses.smallInput)
    return this.smallInput
  }

  /** Fills `weighed` with the weighted sums of the first `weights.length` lanes. */
  weigh(weights: ArrayLike<number>): void {
    this.total = this.kernel.count()
    this.smallInput.fill(0)
    this.smallInput.set(weights)
    this.kernel.weigh(this.addresses.smallInput, this.addresses.weighed)
  }

  private open(items: number): SumsKernel {
    this.capacity = (items + 3) & ~3
    let bytes = 0
    const take = (words: number): number => {
      bytes += words * 4
      return bytes - words * 4
    }
    const multipliers = take(4 * this.capacity)
    const sums = take(laneCount * this.capacity)
    const slots = take(this.capacity)
    const touched = take(this.capacity)
    this.addresses = { weighed: take(this.capacity), smallInput: take(smallInputWords), scratch: take(scratchWords) }
    const fast = openKernel<SumsKernel>(sumsWasm, bytes, this.wasm)
    this.isFast = fast !== null
    const kernel = fast ?? plainSums(bytes)
    const { buffer } = kernel.memory
    this.multipliers = new Float32Array(buffer, multipliers, 4 * this.capacity)
    this.values = new Float32Array(buffer, sums, laneCount * this.capacity)
    this.because = new Int32Array(buffer, sums, laneCount * this.capacity)
    this.slots = new Int32Array(buffer, slots, this.capacity)
    this.touched = new Int32Array(buffer, touched, this.capacity)
    this.weighed = new Float32Array(buffer, this.addresses.weighed, this.capacity)
    this.smallInput = new Float32Array(buffer, this.addresses.smallInput, smallInputWords)
    this.ints = new Int32Array(buffer, this.addresses.scratch, scratchWords)
    this.floats = new Float32Array(buffer, this.addresses.scratch, scratchWords)
    kernel.place(multipliers, slots, sums, touched)
    return kernel
  }
}
