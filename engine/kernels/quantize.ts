/** Maximum level of a stored row (int8), and of the vector of a query (int16). */
const rowLevelMax = 127
const vectorLevelMax = 32_767

/** Maximum dimensions: with more, the sum of products could overflow 32 bits. */
export const dimensionsMax = Math.floor((2 ** 31 - 1) / (rowLevelMax * vectorLevelMax))

/**
 * Upper bound of the float32 rounding errors in a dot product of d numbers, its conversion and scaling, relative to
 * both norms.
 */
const roundingOf = (d: number): number => (d + 16) * 2 ** -23

/** Compensates that a bound is itself rounded to float32. */
const roundUpFactor = 1 + 2 ** -20

/**
 * Writes the rows as int8, with one scale per row, and the maximum error of a row's product as a share of the
 * vector's length (`slacks`). By the inequality of Cauchy and Schwarz |f·x − q·u| ≤ |f − q|·|x| + |q|·|x − u|, where
 * f is the row, q the quantized row, x the vector, and u the vector after `quantizeVector`.
 */
export function quantizeRows(
  factors: Float32Array,
  d: number,
  rows: Int8Array,
  scales: Float32Array,
  slacks: Float32Array,
): void {
  const other = Math.sqrt(d) / (2 * vectorLevelMax) + roundingOf(d)
  for (let row = 0, from = 0; from < factors.length; row++, from += d) {
    let most = 0
    for (let k = from; k < from + d; k++) most = Math.max(most, Math.abs(factors[k]!))
    const scale = Math.fround(most / rowLevelMax)
    let norm = 0
    let off = 0
    for (let k = from; k < from + d; k++) {
      const level = scale > 0 ? Math.max(-rowLevelMax, Math.min(rowLevelMax, Math.round(factors[k]! / scale))) : 0
      rows[k] = level
      norm += factors[k]! ** 2
      off += (factors[k]! - level * scale) ** 2
    }
    scales[row] = scale
    slacks[row] = (Math.sqrt(off) + other * (Math.sqrt(norm) + Math.sqrt(off))) * roundUpFactor
  }
}

/** Writes a vector as int16. Returns the value of one level, and an upper bound of the vector's length. */
export function quantizeVector(vector: Float32Array, out: Int16Array): { scale: number; length: number } {
  let most = 0
  let norm = 0
  for (const x of vector) {
    most = Math.max(most, Math.abs(x))
    norm += x * x
  }
  const scale = Math.fround(most / vectorLevelMax)
  for (let k = 0; k < vector.length; k++)
    out[k] = scale > 0 ? Math.max(-vectorLevelMax, Math.min(vectorLevelMax, Math.round(vector[k]! / scale))) : 0
  return { scale, length: Math.sqrt(norm) * roundUpFactor }
}
