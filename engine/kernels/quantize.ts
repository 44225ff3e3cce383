/** Of what is stored in 8 bits and asked in 16. */
const rowLevelMax = 127
const vectorLevelMax = 32_767

/** More dimensions could overflow the sum of products in 32 bits. */
export const dimensionsMax = Math.floor((2 ** 31 - 1) / (rowLevelMax * vectorLevelMax))

/**
 * Rounding errors of float32 in a product of d numbers, of its conversion and scaling, relative to both norms;
 * generous.
 */
const roundingOf = (d: number): number => (d + 16) * 2 ** -23

/** For what is itself rounded to float32. */
const roundUpFactor = 1 + 2 ** -20

/**
 * Rows as int8, each with a scale of its own, and how far a product of one with a vector may lie from that of its float
 * row, as a share of the vector's length: by Cauchy and Schwarz |f·x − q·u| ≤ |f − q|·|x| + |q|·|x − u|, where u is the
 * vector as `quantizeVector` leaves it.
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

/** A vector as int16: returns what one level is worth, and the vector's length, not below it. */
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
