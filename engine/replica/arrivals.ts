/**
 * Item numbers in an order defined by the caller. Additions and removals are carried out together at the next read, which
 * takes time linear in the number of items: a catalog of any size is put in without a search or a copy per item.
 */
export class Arrivals {
  private order: number[] = []
  private readonly added = new Set<number>()
  /** Items of `order` that are no longer in it, or whose sort key has changed since. */
  private readonly removed = new Set<number>()

  constructor(private readonly isBefore: (a: number, b: number) => boolean) {}

  /** The item must not be in the order. */
  add(item: number): void {
    this.added.add(item)
  }

  /** The sort key of the item may change afterwards. */
  remove(item: number): void {
    if (!this.added.delete(item)) this.removed.add(item)
  }

  /** Returns the items in order. Valid until the next change. */
  read(): readonly number[] {
    const { isBefore, added, removed } = this
    if (removed.size > 0) {
      this.order = this.order.filter((item) => !removed.has(item))
      removed.clear()
    }
    if (added.size > 0) {
      const sorted = [...added].sort((a, b) => (isBefore(a, b) ? -1 : 1))
      this.order = merged(this.order, sorted, isBefore)
      added.clear()
    }
    return this.order
  }
}

function merged(a: readonly number[], b: readonly number[], isBefore: (a: number, b: number) => boolean): number[] {
  const all: number[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; )
    all.push(j === b.length || (i < a.length && isBefore(a[i]!, b[j]!)) ? a[i++]! : b[j++]!)
  return all
}
