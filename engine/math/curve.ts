/** Number of linear segments of the table. */
export const curveSegments = 512

/** logCurve((k ÷ curveSegments)²) for k from 0 to curveSegments; the last value is repeated. */
export const curveTable = Float64Array.from(
  { length: curveSegments + 2 },
  (_, k) => Math.log(1 + 200 * Math.min(1, k / curveSegments) ** 2) / Math.log(201),
)

/**
 * The second look at a feature, log(1 + 200x)/log(201): steep near zero, since a share of 1 % against nothing says more
 * than 51 % against 50 %. Maps 0..1 to 0..1. Read from a table over √x, where it bends least; off by less than 0.0001.
 */
export function logCurve(x: number): number {
  if (x >= 1) return 1
  const at = Math.sqrt(x) * curveSegments
  const place = at | 0
  const low = curveTable[place]!
  return low + (at - place) * (curveTable[place + 1]! - low)
}

/**
 * What feature `f` of `width` adds to a linear score; 0 for a feature of 0. `weights` are those of features as they
 * are, then of curved ones.
 */
export function contributionOf(weights: Float32Array, width: number, f: number, x: number): number {
  const curved = weights[width + f]!
  return curved === 0 ? weights[f]! * x : weights[f]! * x + curved * logCurve(x)
}
