/**
 * Returns options of an LRUCache that holds at most `entries` and allocates memory as it fills. With its option `max`
 * it would allocate the slots of all entries at once: 1.2 MB for 50,000.
 */
export const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 })
