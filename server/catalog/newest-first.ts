import type { Item } from '../../schema/graphql/item.ts'

/**
 * With more changes than this since the last read, sorting everything again is cheaper than moving items one by one.
 */
const oneByOneMax = 500

/** A total order: by `publishedAt`, newest first, items without a date last; ties by id. */
export const byNewest = (a: Item, b: Item): number =>
  (b.publishedAt ?? -Infinity) - (a.publishedAt ?? -Infinity) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** The catalog ordered by `byNewest`, updated incrementally. */
export class NewestFirst {
  private items: Item[] | undefined
  private changes: { before: Item | undefined; after: Item | undefined }[] = []

  /** @param current returns all items */
  constructor(private readonly current: () => Iterable<Item>) {}

  /** Notes a change. @param before undefined: the item is new @param after undefined: it was removed */
  note(before: Item | undefined, after: Item | undefined): void {
    if (this.items === undefined) return
    this.changes.push({ before, after })
    if (this.changes.length > oneByOneMax) this.items = undefined
    if (this.items === undefined) this.changes = []
  }

  /** Valid until the next change. */
  list(): readonly Item[] {
    this.items ??= [...this.current()].sort(byNewest)
    for (const { before, after } of this.changes) this.move(this.items, before, after)
    this.changes = []
    return this.items
  }

  private move(items: Item[], before: Item | undefined, after: Item | undefined): void {
    if (before && after && byNewest(before, after) === 0) {
      items[placeOf(items, before)] = after
      return
    }
    if (before) items.splice(placeOf(items, before), 1)
    if (after) items.splice(placeOf(items, after), 0, after)
  }
}

/** Index of the item, or the index at which it would be inserted. */
function placeOf(items: readonly Item[], item: Item): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (byNewest(items[middle]!, item) < 0) low = middle + 1
    else high = middle
  }
  return low
}
