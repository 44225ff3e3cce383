import { choleskySolve } from '../maths/cholesky.ts'
import type { TrainedModel } from '../train/model.ts'

/**
 * The user's vector for fixed item factors, exactly: the minimiser of the implicit-feedback objective of Hu, Koren and Volinsky (ICDM 2008).
 *
 * The model holds *whitened* factors: with G = YᵀY + λI = LLᵀ, row i is L⁻¹yᵢ, so that the normal equations of a user become
 * (I + ỸᵀWỸ) x = Ỹᵀ(1 + W)·1 with W = diag(α·strength), and scores are plain dot products with x. They are solved in the dual, n × n for n items
 * (x = Ỹᵀ (W⁻¹ + ỸỸᵀ)⁻¹ b with bᵢ = (1 + wᵢ)/wᵢ), which is the smaller system for the short histories that matter.
 *
 * @param rows rows of `model.factors`, each once.
 * @param strengths per row, above 0.
 * @returns `dimensions` floats.
 */
export function foldIn(
  model: Pick<TrainedModel, 'factors' | 'dimensions' | 'foldIn'>,
  rows: readonly number[],
  strengths: readonly number[],
): Float32Array {
  const { factors, dimensions: d } = model
  const n = rows.length
  const kernel = new Float64Array(n * n)
  const b = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const w = model.foldIn.alpha * strengths[i]!
    const a = rows[i]! * d
    for (let j = 0; j <= i; j++) {
      const c = rows[j]! * d
      let dot = 0
      for (let k = 0; k < d; k++) dot += factors[a + k]! * factors[c + k]!
      kernel[i * n + j] = dot
    }
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
