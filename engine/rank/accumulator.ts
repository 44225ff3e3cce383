/**
 * Sums of several sources over items, reset in time proportional to what was touched. One query at a time.
 */
export class Accumulator {
  /** `width` sums per item, at item · width. */
  values = new Float32Array(0)
  /** The recent item (its place among the user's recents) that gave most to the item, -1 for none. */
  because = new Int16Array(0)
  touched = new Int32Array(0)
  count = 0
  private given = new Float32Array(0)
  private marks = new Uint32Array(0)
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

  /** Starts the item at zero when it is new to this query; returns where its sums begin. */
  touch(item: number): number {
    const at = item * this.width
    if (this.marks[item] === this.epoch) return at
    this.marks[item] = this.epoch
    this.touched[this.count++] = item
    for (let k = 0; k < this.width; k++) this.values[at + k] = 0
    this.because[item] = -1
    this.given[item] = 0
    return at
  }

  isTouched(item: number): boolean {
    return this.marks[item] === this.epoch
  }

  /** Remembers which recent item says most for a touched one. */
  credit(item: number, amount: number, recent: number): void {
    if (amount <= this.given[item]!) return
    this.given[item] = amount
    this.because[item] = recent
  }

  private grow(room: number): void {
    this.values = new Float32Array(room * this.width)
    this.because = new Int16Array(room)
    this.given = new Float32Array(room)
    this.marks = new Uint32Array(room)
    this.touched = new Int32Array(room)
    this.epoch = 1
  }
}
