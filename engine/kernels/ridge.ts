import { ridgeWasm } from './ridge-wasm.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

interface Exports {
  memory: WasmMemory
  /** Returns 0 if the matrix is not positive definite, else 1. */
  factor(a: number, n: number, width: number): number
}

/**
 * Solves symmetric positive definite systems of up to `most` unknowns, one after the other in the same memory, by
 * ridge.wat or by the same steps in plain JavaScript (equal up to rounding).
 */
export class RidgeSolver {
  readonly isFast: boolean
  /**
   * Row i begins at i · width. The caller writes the upper triangle with the diagonal (i ≤ j < n), and b in column n.
   */
  readonly a: Float64Array
  /** The solution of the last `solve`. */
  readonly x: Float64Array
  /** Floats between rows. */
  width = 0
  private readonly kernel: Exports | null

  constructor(most: number, wasm: Wasm | null = wasmOf()) {
    const room = most * widthOf(most)
    this.kernel = openKernel<Exports>(ridgeWasm, room * 8, wasm)
    this.isFast = this.kernel !== null
    this.a = this.kernel === null ? new Float64Array(room) : new Float64Array(this.kernel.memory.buffer, 0, room)
    this.x = new Float64Array(most)
  }

  /** Clears the memory for a system of n unknowns, and sets `width`. */
  begin(n: number): void {
    this.width = widthOf(n)
    this.a.fill(0, 0, n * this.width)
  }

  /**
   * Returns the solution of the system of n unknowns. Valid until the next call. Overwrites `a`.
   * @throws RangeError when the matrix is not positive definite
   */
  solve(n: number): Float64Array {
    const { a, x, width, kernel } = this
    const isDone = kernel === null ? this.factor(n) : kernel.factor(0, n, width * 8) === 1
    if (n > 0 && !isDone) throw new RangeError(`expected a positive definite matrix of ${n} rows`)
    for (let i = n - 1; i >= 0; i--) {
      let sum = a[i * width + n]!
      for (let j = i + 1; j < n; j++) sum -= a[i * width + j]! * x[j]!
      x[i] = sum / a[i * width + i]!
    }
    return x.subarray(0, n)
  }

  private factor(n: number): boolean {
    const { a, width } = this
    for (let k = 0; k < n; k++) {
      for (let above = 0; above < k; above++) {
        const scale = a[above * width + k]!
        for (let j = k; j <= n; j++) a[k * width + j]! -= scale * a[above * width + j]!
      }
      const pivot = a[k * width + k]!
      if (!(pivot > 0)) return false
      const per = 1 / Math.sqrt(pivot)
      for (let j = k; j <= n; j++) a[k * width + j]! *= per
    }
    return true
  }
}

/** Room for the right-hand side, in whole blocks of 8. */
function widthOf(n: number): number {
  return (n + 8) & ~7
}
