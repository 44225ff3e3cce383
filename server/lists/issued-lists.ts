import { LRUCache } from 'lru-cache'

/** Maximum lists: about 15 MB with 20 items each. */
const listsMax = 20_000
/** Maximum items in all lists; a shorter list counts as 20 items, which bounds the number of lists. */
const itemsMax = 400_000
const itemsPerListMin = itemsMax / listsMax

/** LRU cache of the item order of the lists that this server returned, by recommendation id. */
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
   * Returns the position of each item in the list, from 1. Where the list is not in the cache (another server returned
   * it, or it was evicted) or does not have the item: its position in `itemIds`.
   */
  positionsOf(id: string, itemIds: readonly string[]): number[] {
    const list = this.lists.get(id)
    return itemIds.map((itemId, n) => {
      const index = list?.indexOf(itemId) ?? -1
      return (index < 0 ? n : index) + 1
    })
  }
}
