/**
 * Yields `all` in order, in chunks of at most `bytesMax`. An element that is larger than that is a chunk of its own.
 */
export function* chunkByBytes<T>(
  all: readonly T[],
  bytesOf: (one: T) => number,
  bytesMax: number,
): Generator<readonly T[]> {
  let from = 0
  let bytes = 0
  for (let to = 0; to < all.length; to++) {
    const more = bytesOf(all[to]!)
    if (to > from && bytes + more > bytesMax) {
      yield all.slice(from, to)
      from = to
      bytes = 0
    }
    bytes += more
  }
  if (from < all.length) yield all.slice(from)
}
