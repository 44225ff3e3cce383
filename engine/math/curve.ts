/** Number of linear segments of the table. */
export const curveSegments = 512

/** logCurve((k ÷ curveSegments)²) for k from 0 to curveSegments; the last value is repeated. */
export const curveTable = Float64Array.from(
  { length: curveSegments + 2 },
  (_, k) => Math.log(1 + 200 * Math.min(1, k / curveSegments) ** 2) / Math.log(201),
)

/**
 * The curved value of a feature, log(1 + 200x)/log(201), 0 to 1 for x from 0 to 1. It is steep near zero, since the
 * difference between 0 and 1 % is more evidence than that between 50 % and 51 %. Interpolated in a table over √x, where
 * the curvature is lowest; the error is below 0.0001.
 */
export function logCurve(x: number): number {
  if (x >= 1) return 1
  const at = Math.sqrt(x) * curveSegments
  const place = at | 0
  const low = curveTable[place]!
  return low + (at - place) * (curveTable[place + 1]! - low)
}

/**
 * The contribution of feature `f` of `width` with value x to a linear score; 0 for a value of 0. `weights`: one per
 * feature, then one per curved feature.
 */
export function contributionOf(weights: Float32Array, width: number, f: number, x: number): number {
  const curved = weights[width + f]!
  return curved === 0 ? weights[f]! * x : weights[f]! * x + curved * logCurve(x)
}
