import { DOT_WASM } from './dot-wasm.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

interface Exports {
  memory: WasmMemory
  scan(rows: number, count: number, dimensions: number, vector: number, out: number): void
}

/**
 * Dot products of one vector with all rows of a matrix of floats, by WebAssembly SIMD where there is such a thing and `dimensions` is a multiple of
 * 8, else in plain JavaScript (equal but for rounding). Keeps its own copy of the matrix: 4 · (dimensions + 1) bytes per row.
 */
export class FactorScan {
  /** The products of the last `run`, one per row. */
  readonly products: Float32Array
  readonly isFast: boolean
  private readonly factors: Float32Array
  private readonly vector: Float32Array
  private readonly rows: number
  private readonly dimensions: number
  private readonly scan: (() => void) | null = null

  constructor(factors: Float32Array, dimensions: number, wasm: Wasm | null = wasmOf()) {
    this.dimensions = dimensions
    this.rows = dimensions === 0 ? 0 : factors.length / dimensions
    const vectorAt = factors.byteLength
    const outAt = vectorAt + dimensions * 4
    const isUsable = dimensions > 0 && dimensions % 8 === 0
    const kernel = isUsable ? openKernel<Exports>(DOT_WASM, outAt + this.rows * 4, wasm) : null
    this.isFast = kernel !== null
    if (kernel === null) {
      this.factors = factors
      this.vector = new Float32Array(dimensions)
      this.products = new Float32Array(this.rows)
      return
    }
    const { memory, scan } = kernel
    this.factors = new Float32Array(memory.buffer, 0, factors.length)
    this.factors.set(factors)
    this.vector = new Float32Array(memory.buffer, vectorAt, dimensions)
    this.products = new Float32Array(memory.buffer, outAt, this.rows)
    this.scan = () => scan(0, this.rows, dimensions, vectorAt, outAt)
  }

  /** @param vector `dimensions` floats. */
  run(vector: Float32Array): Float32Array {
    this.vector.set(vector)
    if (this.scan !== null) this.scan()
    else this.scanSlowly()
    return this.products
  }

  private scanSlowly(): void {
    const { factors, vector, products, dimensions: d } = this
    for (let row = 0; row < this.rows; row++) {
      let dot = 0
      for (let k = 0, at = row * d; k < d; k++, at++) dot += vector[k]! * factors[at]!
      products[row] = dot
    }
  }
}
