/** Item numbers in an order defined by the caller. Sorted lazily on read, so that bulk additions are cheap. */
export class Arrivals {
  private order: number[] = []
  private readonly added: number[] = []
  private readonly isBefore: (a: number, b: number) => boolean

  constructor(isBefore: (a: number, b: number) => boolean) {
    this.isBefore = isBefore
  }

  add(item: number): void {
    this.added.push(item)
  }

  /** Must be called before the sort key of the item changes. */
  remove(item: number): void {
    this.read()
    const place = this.placeOf(item)
    if (this.order[place] === item) this.order.splice(place, 1)
  }

  /** Returns the items in order. Valid until the next change. */
  read(): readonly number[] {
    if (this.added.length > 0) {
      const { isBefore } = this
      this.added.sort((a, b) => (isBefore(a, b) ? -1 : 1))
      this.order = merged(this.order, this.added, isBefore)
      this.added.length = 0
    }
    return this.order
  }

  private placeOf(item: number): number {
    let low = 0
    let high = this.order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.isBefore(this.order[middle]!, item)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function merged(a: readonly number[], b: readonly number[], isBefore: (a: number, b: number) => boolean): number[] {
  const all: number[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; )
    all.push(j === b.length || (i < a.length && isBefore(a[i]!, b[j]!)) ? a[i++]! : b[j++]!)
  return all
}
