/**
 * Sums of several sources over items, reset in time proportional to what was touched. One query at a time.
 */
export class Accumulator {
  /** `width` sums per item. */
  values = new Float32Array(0)
  /** The recent item (its place among the user's recents) that gave most to the item, and how much. */
  because = new Int16Array(0)
  private given = new Float32Array(0)
  private marks = new Uint32Array(0)
  touched = new Int32Array(0)
  count = 0
  private epoch = 0
  readonly width: number

  constructor(width: number) {
    this.width = width
  }

  begin(items: number): void {
    if (items > this.marks.length) this.grow(Math.max(256, items + (items >> 1)))
    if (++this.epoch === 0xffffffff) {
      this.marks.fill(0)
      this.epoch = 1
    }
    this.count = 0
  }

  touch(item: number): void {
    if (this.marks[item] === this.epoch) return
    this.marks[item] = this.epoch
    this.touched[this.count++] = item
    this.values.fill(0, item * this.width, (item + 1) * this.width)
    this.because[item] = -1
    this.given[item] = 0
  }

  isTouched(item: number): boolean {
    return this.marks[item] === this.epoch
  }

  /** Adds to one source's sum, remembering which recent item said so. */
  add(item: number, source: number, amount: number, recent: number): void {
    this.touch(item)
    this.values[item * this.width + source]! += amount
    if (amount > this.given[item]!) {
      this.given[item] = amount
      this.because[item] = recent
    }
  }

  private grow(room: number): void {
    this.values = new Float32Array(room * this.width)
    this.because = new Int16Array(room)
    this.given = new Float32Array(room)
    this.marks = new Uint32Array(room)
    this.touched = new Int32Array(room)
    this.epoch = 0
  }
}
