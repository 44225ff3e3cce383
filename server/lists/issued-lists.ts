import { LRUCache } from 'lru-cache'

/** Lists whose order is kept: at most about 15 MB, with 20 items each. */
const listsMax = 20_000
/** Items of all of them; a shorter list counts as 20, which bounds the number of lists. */
const itemsMax = 400_000
const itemsPerListMin = itemsMax / listsMax

/** The order of the lists that this server answered with last, by their recommendation ids. */
export class IssuedLists {
  private readonly lists = new LRUCache<string, readonly string[]>({
    maxSize: itemsMax,
    sizeCalculation: (itemIds) => Math.max(itemIds.length, itemsPerListMin),
  })

  get size(): number {
    return this.lists.size
  }

  put(id: string, itemIds: readonly string[]): void {
    this.lists.set(id, itemIds)
  }

  /**
   * Returns the place of each item in the list, from 1. Where the list is not known, as another server answered with it or it
   * was long ago, or does not have the item: its place in `itemIds`.
   */
  positionsOf(id: string, itemIds: readonly string[]): number[] {
    const list = this.lists.get(id)
    return itemIds.map((itemId, n) => {
      const place = list?.indexOf(itemId) ?? -1
      return (place < 0 ? n : place) + 1
    })
  }
}
