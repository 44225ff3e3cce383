import { estimatedThreshold, kthGreatest } from './select.ts'

/**
 * Selects the indexes of the k greatest of n values, exactly, for k much smaller than n: estimates a threshold, then
 * selects among the rest.
 */
export class ThresholdTopK {
  private keys = new Float32Array(0)
  private places = new Int32Array(0)

  /**
   * Writes the places of the `wanted` greatest of the first `count` values, in no order; returns how many. Among equals
   * `ranksBefore` decides.
   *
   * @param accepts whether a place counts at all.
   */
  select(
    values: Float32Array,
    count: number,
    wanted: number,
    out: Int32Array,
    ranksBefore: (a: number, b: number) => boolean,
    accepts: (place: number) => boolean = () => true,
  ): number {
    let found = this.collect(values, count, estimatedThreshold(values, count, wanted), accepts)
    if (found < wanted) found = this.collect(values, count, -Infinity, accepts)
    const { keys, places } = this
    const least = found > wanted ? kthGreatest(keys, found, wanted) : -Infinity
    const ties: number[] = []
    let taken = 0
    for (let k = 0; k < found; k++) {
      if (keys[k]! > least) out[taken++] = places[k]!
      else if (keys[k] === least) ties.push(places[k]!)
    }
    if (taken + ties.length > wanted) ties.sort((a, b) => (ranksBefore(a, b) ? -1 : 1))
    for (let k = 0; taken < wanted && k < ties.length; k++) out[taken++] = ties[k]!
    return taken
  }

  private collect(values: Float32Array, count: number, floor: number, accepts: (place: number) => boolean): number {
    if (count > this.keys.length) {
      this.keys = new Float32Array(count * 2)
      this.places = new Int32Array(count * 2)
    }
    let found = 0
    for (let place = 0; place < count; place++) {
      if (values[place]! < floor || !accepts(place)) continue
      this.keys[found] = values[place]!
      this.places[found++] = place
    }
    return found
  }
}
