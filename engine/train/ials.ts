import { openAlsKernel } from '../kernels/als-kernel.ts'
import type { AlsKernel } from '../kernels/als-plain.ts'
import { type Wasm, wasmOf } from '../kernels/wasm.ts'
import { cholesky, invertLower } from '../math/cholesky.ts'
import { normal, seededRandom } from '../math/random.ts'
import { type SparseMatrix, transpose } from './matrix.ts'

export interface FactorOptions {
  dimensions: number
  /** Confidence of a touch: c = 1 + alpha · strength. */
  alpha: number
  /** λ of the L2 regularization. */
  regularization: number
  rounds: number
  seed: number
}

/** Steps of conjugate gradient per row and round. */
const solverSteps = 3
/** Rows per call of the kernel; within a call, Gram matrices are summed in single precision. */
const tileRows = 512

/**
 * Implicit-feedback matrix factorization (Hu, Koren, Volinsky, ICDM 2008), each row solved by a few warm-started steps
 * of conjugate gradient (Takács, Pilászy, Tikk, RecSys 2011). With YᵀY + λI = LLᵀ they are computed in whitened
 * coordinates, z = Lᵀx and ỹ = L⁻¹y, where the normal equations are (I + ỸᵀWỸ) z = Ỹᵀ(1 + w) with w = alpha · strength.
 * A step then costs O(touches of the row · d) without a d × d product, and converges as if preconditioned by the Gram
 * matrix. Yields the share done after every half round; returns the item factors *whitened* for fold-in.ts,
 * items × dimensions.
 */
export function* factorize(
  users: SparseMatrix,
  options: FactorOptions,
  wasm: Wasm | null = wasmOf(),
): Generator<number, Float32Array> {
  const { dimensions: d, rounds } = options
  const task = new Factorization(users, transpose(users), options, wasm)
  for (let round = 0; round < rounds; round++) {
    task.solve(task.users, task.items)
    yield (round + 0.5) / rounds
    task.solve(task.items, task.users)
    yield (round + 1) / rounds
  }
  task.whiten(task.items)
  return new Float32Array(task.kernel.buffer, task.white, users.width * d).slice()
}

/** One side of the matrix in the kernel's memory: byte offsets of its rows' factors and of its cells. */
interface Side {
  rows: number
  factors: number
  starts: number
  columns: number
  weights: number
}

class Factorization {
  readonly kernel: AlsKernel
  readonly users: Side
  readonly items: Side
  /** The whitened factors of the side that is not being solved. */
  readonly white: number
  private readonly d: number
  private readonly regularization: number
  private readonly l: number
  private readonly inverse: number
  private readonly inverseTransposed: number
  private readonly gram: number
  private readonly scratch: number
  private readonly tile: number

  constructor(users: SparseMatrix, items: SparseMatrix, options: FactorOptions, wasm: Wasm | null) {
    const { dimensions: d, alpha, seed } = options
    this.d = d
    this.regularization = options.regularization
    let room = 0
    const take = (floats: number) => {
      const at = room
      room += (floats * 4 + 15) & ~15
      return at
    }
    const sideOf = ({ rows, columns }: SparseMatrix): Side => ({
      rows,
      factors: take((rows + 3) * d),
      starts: take(rows + 1),
      columns: take(columns.length),
      weights: take(columns.length + 4),
    })
    this.users = sideOf(users)
    this.items = sideOf(items)
    this.white = take((Math.max(users.rows, items.rows) + 3) * d)
    this.l = take(d * d)
    this.inverse = take(d * d)
    this.inverseTransposed = take(d * d)
    this.gram = take(d * d)
    this.scratch = take(3 * d)
    this.tile = take(tileRows * d)
    this.kernel = openAlsKernel(room, d, wasm)
    for (const [side, matrix] of [
      [this.users, users],
      [this.items, items],
    ] as const) {
      const { buffer } = this.kernel
      new Int32Array(buffer, side.starts, matrix.starts.length).set(matrix.starts)
      new Int32Array(buffer, side.columns, matrix.columns.length).set(matrix.columns)
      const weights = new Float32Array(buffer, side.weights, matrix.values.length)
      for (let cell = 0; cell < weights.length; cell++) weights[cell] = alpha * matrix.values[cell]!
    }
    const random = seededRandom(seed)
    const first = new Float32Array(this.kernel.buffer, this.items.factors, items.rows * d)
    for (let k = 0; k < first.length; k++) first[k] = (normal(random) * 0.1) / Math.sqrt(d)
  }

  /** Solves all rows of `side` for the factors of the `other`. */
  solve(side: Side, other: Side): void {
    const { kernel, d, tile } = this
    this.whiten(other)
    for (let row = 0; row < side.rows; row += tileRows) {
      const count = Math.min(tileRows, side.rows - row)
      const at = side.factors + row * d * 4
      kernel.multiply(at, count, d, this.l, 0, tile)
      kernel.solve(
        tile,
        count,
        side.starts + row * 4,
        side.columns,
        side.weights,
        this.white,
        d,
        solverSteps,
        this.scratch,
      )
      kernel.multiply(tile, count, d, this.inverse, 0, at)
    }
  }

  /** Writes ỹ = L⁻¹y for all rows of a side to `white`; also writes L, its inverse, and the inverse transposed. */
  whiten(side: Side): void {
    const { kernel, d } = this
    const l = this.gramOf(side)
    cholesky(l, d)
    const inverse = invertLower(l, d)
    const put = (at: number, cell: (i: number, j: number) => number) => {
      const out = new Float32Array(kernel.buffer, at, d * d)
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j] = cell(i, j)
    }
    put(this.l, (i, j) => (j <= i ? l[i * d + j]! : 0))
    put(this.inverse, (i, j) => inverse[i * d + j]!)
    put(this.inverseTransposed, (i, j) => inverse[j * d + i]!)
    kernel.multiply(side.factors, side.rows, d, this.inverseTransposed, 1, this.white)
  }

  /** Σ yᵀy of a side's rows plus λI: summed in single precision within a tile, in double precision over the tiles. */
  private gramOf(side: Side): Float64Array {
    const { kernel, d } = this
    const sum = new Float64Array(d * d)
    const part = new Float32Array(kernel.buffer, this.gram, d * d)
    for (let row = 0; row < side.rows; row += tileRows) {
      part.fill(0)
      kernel.gram(side.factors + row * d * 4, Math.min(tileRows, side.rows - row), d, this.gram)
      for (let k = 0; k < sum.length; k++) sum[k]! += part[k]!
    }
    for (let k = 0; k < d; k++) sum[k * d + k]! += this.regularization
    return sum
  }
}
