import { choleskySolve } from '../math/cholesky.ts'
import type { FoldInModel } from '../train/model.ts'

/**
 * Returns the user's vector for fixed item factors: the exact minimizer of the implicit-feedback objective of Hu, Koren
 * and Volinsky (ICDM 2008).
 *
 * The model holds *whitened* factors: with G = YᵀY + λI = LLᵀ, row i is L⁻¹yᵢ, so that the normal equations of a user
 * become (I + ỸᵀWỸ) x = Ỹᵀ(I + W)·1 with W = diag(α·strength), and scores are dot products with x. They are solved in
 * the dual, n × n for n items (x = Ỹᵀ (W⁻¹ + ỸỸᵀ)⁻¹ b with bᵢ = (1 + wᵢ)/wᵢ), which is the
 * smaller system for short histories.
 *
 * @param rows rows of `model.factors`, each once.
 * @param strengths per row, above 0.
 * @returns `dimensions` floats.
 */
export function foldIn(
  model: Pick<FoldInModel, 'factors' | 'dimensions' | 'foldIn'>,
  rows: readonly number[],
  strengths: readonly number[],
): Float32Array {
  const { factors, dimensions: d } = model
  const n = rows.length
  const kernel = new Float64Array(n * n)
  const b = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const w = model.foldIn.alpha * strengths[i]!
    dotsOf(factors, d, rows, i, kernel, i * n)
    kernel[i * n + i]! += 1 / w
    b[i] = (1 + w) / w
  }
  choleskySolve(kernel, b, n)
  const vector = new Float64Array(d)
  for (let i = 0; i < n; i++) {
    const a = rows[i]! * d
    for (let k = 0; k < d; k++) vector[k]! += b[i]! * factors[a + k]!
  }
  return Float32Array.from(vector)
}

/**
 * Products of one row with itself and all before it: four independent sums at a time, which run in parallel in the
 * CPU.
 */
function dotsOf(
  factors: Float32Array,
  d: number,
  rows: readonly number[],
  last: number,
  out: Float64Array,
  to: number,
): void {
  const a = rows[last]! * d
  for (let j = 0; j <= last; j += 4) {
    const b = rows[j]! * d
    const c = rows[Math.min(last, j + 1)]! * d
    const e = rows[Math.min(last, j + 2)]! * d
    const f = rows[Math.min(last, j + 3)]! * d
    let first = 0
    let second = 0
    let third = 0
    let fourth = 0
    for (let k = 0; k < d; k++) {
      const x = factors[a + k]!
      first += x * factors[b + k]!
      second += x * factors[c + k]!
      third += x * factors[e + k]!
      fourth += x * factors[f + k]!
    }
    out[to + j] = first
    if (j + 1 <= last) out[to + j + 1] = second
    if (j + 2 <= last) out[to + j + 2] = third
    if (j + 3 <= last) out[to + j + 3] = fourth
  }
}
