import { cholesky, forward } from '../maths/cholesky.ts'
import { normal, seededRandom } from '../maths/random.ts'
import { type SparseMatrix, transpose } from './matrix.ts'

export interface FactorOptions {
  dimensions: number
  /** Confidence of a touch of strength 1: c = 1 + alpha · strength. */
  alpha: number
  regularisation: number
  rounds: number
  seed: number
}

/** Steps of conjugate gradient per row and round. */
const STEPS = 3

/**
 * Implicit-feedback matrix factorisation (Hu, Koren, Volinsky, ICDM 2008), each row solved by a few warm-started steps of conjugate gradient
 * (Takács, Pilászy, Tikk, RecSys 2011). Yields the share done after every half round; returns the item factors *whitened* for fold-in.ts, items ×
 * dimensions.
 */
export function* factorise(users: SparseMatrix, options: FactorOptions): Generator<number, Float32Array> {
  const { dimensions: d, rounds, seed } = options
  const items = transpose(users)
  const random = seededRandom(seed)
  const x = new Float32Array(users.rows * d)
  const y = Float32Array.from({ length: users.width * d }, () => (normal(random) * 0.1) / Math.sqrt(d))
  for (let round = 0; round < rounds; round++) {
    solveRows(users, x, y, options)
    yield (round + 0.5) / rounds
    solveRows(items, y, x, options)
    yield (round + 1) / rounds
  }
  return whiten(y, d, options.regularisation)
}

/** Σ rᵀr of all rows plus λI, d × d. */
export function gram(rows: Float32Array, d: number, regularisation: number): Float64Array {
  const g = new Float64Array(d * d)
  for (let at = 0; at < rows.length; at += d)
    for (let i = 0; i < d; i++) {
      const left = rows[at + i]!
      if (left === 0) continue
      for (let j = 0; j <= i; j++) g[i * d + j]! += left * rows[at + j]!
    }
  for (let i = 0; i < d; i++) {
    g[i * d + i]! += regularisation
    for (let j = 0; j < i; j++) g[j * d + i] = g[i * d + j]!
  }
  return g
}

function solveRows(matrix: SparseMatrix, x: Float32Array, y: Float32Array, options: FactorOptions): void {
  const { dimensions: d, alpha } = options
  const g = gram(y, d, options.regularisation)
  const r = new Float64Array(d)
  const p = new Float64Array(d)
  const ap = new Float64Array(d)
  for (let row = 0; row < matrix.rows; row++) {
    const start = matrix.starts[row]!
    const end = matrix.starts[row + 1]!
    const xRow = x.subarray(row * d, (row + 1) * d)
    if (start === end) {
      xRow.fill(0)
      continue
    }
    multiplyGram(g, xRow, r, d)
    for (let k = 0; k < d; k++) r[k] = -r[k]!
    for (let at = start; at < end; at++) {
      const column = matrix.columns[at]! * d
      const extra = alpha * matrix.values[at]!
      let dot = 0
      for (let k = 0; k < d; k++) dot += xRow[k]! * y[column + k]!
      const scale = 1 + extra - extra * dot
      for (let k = 0; k < d; k++) r[k]! += scale * y[column + k]!
    }
    p.set(r)
    let rr = dotOf(r, r, d)
    for (let step = 0; step < STEPS && rr > 1e-12; step++) {
      multiplyGram(g, p, ap, d)
      for (let at = start; at < end; at++) {
        const column = matrix.columns[at]! * d
        let dot = 0
        for (let k = 0; k < d; k++) dot += p[k]! * y[column + k]!
        dot *= alpha * matrix.values[at]!
        for (let k = 0; k < d; k++) ap[k]! += dot * y[column + k]!
      }
      const pace = rr / dotOf(p, ap, d)
      for (let k = 0; k < d; k++) {
        xRow[k]! += pace * p[k]!
        r[k]! -= pace * ap[k]!
      }
      const next = dotOf(r, r, d)
      for (let k = 0; k < d; k++) p[k] = r[k]! + (next / rr) * p[k]!
      rr = next
    }
  }
}

/** ỹ = L⁻¹y for YᵀY + λI = LLᵀ. */
function whiten(y: Float32Array, d: number, regularisation: number): Float32Array {
  const l = gram(y, d, regularisation)
  cholesky(l, d)
  const row = new Float64Array(d)
  const white = new Float32Array(y.length)
  for (let at = 0; at < y.length; at += d) {
    for (let k = 0; k < d; k++) row[k] = y[at + k]!
    forward(l, row, d)
    white.set(row, at)
  }
  return white
}

function multiplyGram(g: Float64Array, x: Float32Array | Float64Array, out: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    let sum = 0
    for (let j = 0; j < d; j++) sum += g[i * d + j]! * x[j]!
    out[i] = sum
  }
}

function dotOf(a: Float64Array, b: Float64Array, d: number): number {
  let sum = 0
  for (let k = 0; k < d; k++) sum += a[k]! * b[k]!
  return sum
}
