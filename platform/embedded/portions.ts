/** What one call may have waiting for the disk at a time: a small part of what all of them may. */
const portionBytesMax = 4 * 1024 * 1024

/**
 * A call's records or rows, to be written one portion after the other. Asked for at once, a batch of many large states would be
 * more than may wait for the disk: refused, tried again, and refused for ever.
 */
export function* portions<T>(all: readonly T[], bytesOf: (one: T) => number): Iterable<readonly T[]> {
  let from = 0
  let bytes = 0
  for (let to = 0; to < all.length; to++) {
    const more = bytesOf(all[to]!)
    if (to > from && bytes + more > portionBytesMax) {
      yield all.slice(from, to)
      from = to
      bytes = 0
    }
    bytes += more
  }
  if (from < all.length) yield all.slice(from)
}
