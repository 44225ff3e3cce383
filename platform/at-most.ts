/**
 * Options of an LRUCache that holds at most `entries` and grows with what it holds. By its option `max` it would allocate
 * the places of all entries at once: 1.2 MB for 50,000.
 */
export const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 })
