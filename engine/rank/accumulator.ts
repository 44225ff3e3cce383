/**
 * Sums of several sources over items, reset in time proportional to what was touched, and kept next to each other in the order of touching, so that
 * passes over them read memory in order. One query at a time.
 */
export class Accumulator {
  /** `width` sums per touched item, in the order of `touched`. */
  values = new Float32Array(0)
  touched = new Int32Array(0)
  count = 0
  /** Per touched item: the recent one (its place among the user's recents) that gave most to it, and how much. */
  private because = new Int16Array(0)
  private given = new Float32Array(0)
  private slots = new Int32Array(0)
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
    if (this.marks[item] === this.epoch) return this.slots[item]! * this.width
    const slot = this.count++
    this.marks[item] = this.epoch
    this.slots[item] = slot
    this.touched[slot] = item
    this.because[slot] = -1
    this.given[slot] = 0
    const at = slot * this.width
    for (let k = 0; k < this.width; k++) this.values[at + k] = 0
    return at
  }

  isTouched(item: number): boolean {
    return this.marks[item] === this.epoch
  }

  /** Where the sums of a touched item begin. */
  at(item: number): number {
    return this.slots[item]! * this.width
  }

  /** The place of the recent item that says most for this one; -1 for none. */
  becauseOf(item: number): number {
    return this.isTouched(item) ? this.because[this.slots[item]!]! : -1
  }

  /** Remembers which recent item says most for the one whose sums begin at `at`. */
  credit(at: number, amount: number, recent: number): void {
    const slot = at / this.width
    if (amount <= this.given[slot]!) return
    this.given[slot] = amount
    this.because[slot] = recent
  }

  private grow(room: number): void {
    this.values = new Float32Array(room * this.width)
    this.because = new Int16Array(room)
    this.given = new Float32Array(room)
    this.slots = new Int32Array(room)
    this.marks = new Uint32Array(room)
    this.touched = new Int32Array(room)
    this.epoch = 1
  }
}
