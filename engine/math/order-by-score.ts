/**
 * Sorts places by their scores, greatest first. A merge sort over typed arrays: for 1,000 places it takes a fraction of
 * what `sort` with a function takes.
 *
 * @param places sorted in place
 * @param scores by place; not NaN
 * @param ranksBefore decides between two places of equal score
 */
export function orderByScore(
  places: Int32Array,
  scores: Float64Array,
  ranksBefore: (a: number, b: number) => boolean,
): void {
  let from: Int32Array = places
  let to: Int32Array = new Int32Array(places.length)
  for (let width = 1; width < places.length; width *= 2) {
    for (let begin = 0; begin < places.length; begin += 2 * width) {
      mergeRuns(from, to, begin, width, scores, ranksBefore)
    }
    ;[from, to] = [to, from]
  }
  if (from !== places) places.set(from)
}

/** Merges the sorted runs of `width` places that begin at `begin` and behind it; the last may be shorter. */
function mergeRuns(
  from: Int32Array,
  to: Int32Array,
  begin: number,
  width: number,
  scores: Float64Array,
  ranksBefore: (a: number, b: number) => boolean,
): void {
  const middle = Math.min(begin + width, from.length)
  const end = Math.min(middle + width, from.length)
  let left = begin
  let right = middle
  for (let at = begin; at < end; at++) {
    let takesRight = left === middle
    if (!takesRight && right < end) {
      const ofLeft = scores[from[left]!]!
      const ofRight = scores[from[right]!]!
      takesRight = ofRight > ofLeft || (ofRight === ofLeft && ranksBefore(from[right]!, from[left]!))
    }
    to[at] = takesRight ? from[right++]! : from[left++]!
  }
}
