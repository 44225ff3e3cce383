/**
 * The k greatest of a stream of (item, score), in a bounded min-heap. Scores equal to the threshold must be offered
 * too: `ranksBefore` breaks ties.
 */
export class TopK {
  private readonly items: Int32Array
  private readonly scores: Float64Array
  private size = 0
  private limit = 0

  /**
   * @param ranksBefore tie-break of equal scores: whether `a` is kept rather than `b`. Default: the lower item number.
   */
  constructor(
    capacity: number,
    private readonly ranksBefore: (a: number, b: number) => boolean = (a, b) => a < b,
  ) {
    this.items = new Int32Array(capacity)
    this.scores = new Float64Array(capacity)
  }

  /** @throws RangeError when `limit` is above the capacity. */
  begin(limit: number): void {
    if (limit > this.items.length) throw new RangeError(`limit ${limit} is above the capacity ${this.items.length}`)
    this.size = 0
    this.limit = limit
  }

  /** Scores below it are rejected. -Infinity while the heap is not full. */
  get threshold(): number {
    return this.size < this.limit ? -Infinity : this.scores[0]!
  }

  offer(item: number, score: number): void {
    if (this.size < this.limit) {
      this.siftUp(this.size++, item, score)
    } else if (this.limit > 0 && this.isBefore(item, score, this.items[0]!, this.scores[0]!)) {
      this.siftDown(0, item, score)
    }
  }

  /** Writes the items, best first, and their scores; returns how many. Leaves the heap empty. */
  drain(items: Int32Array, scores?: Float64Array): number {
    const found = this.size
    for (let k = found - 1; k >= 0; k--) {
      items[k] = this.items[0]!
      if (scores !== undefined) scores[k] = this.scores[0]!
      this.size--
      if (this.size > 0) this.siftDown(0, this.items[this.size]!, this.scores[this.size]!)
    }
    return found
  }

  private isBefore(itemA: number, scoreA: number, itemB: number, scoreB: number): boolean {
    return scoreA > scoreB || (scoreA === scoreB && this.ranksBefore(itemA, itemB))
  }

  private siftUp(from: number, item: number, score: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.isBefore(this.items[parent]!, this.scores[parent]!, item, score)) break
      this.items[at] = this.items[parent]!
      this.scores[at] = this.scores[parent]!
      at = parent
    }
    this.items[at] = item
    this.scores[at] = score
  }

  private siftDown(from: number, item: number, score: number): void {
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.size) break
      if (
        child + 1 < this.size &&
        this.isBefore(this.items[child]!, this.scores[child]!, this.items[child + 1]!, this.scores[child + 1]!)
      )
        child++
      if (!this.isBefore(item, score, this.items[child]!, this.scores[child]!)) break
      this.items[at] = this.items[child]!
      this.scores[at] = this.scores[child]!
      at = child
    }
    this.items[at] = item
    this.scores[at] = score
  }
}
