import { PlainAls } from './als-plain.ts'
import { ALS_WASM } from './als-wasm.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

/**
 * The inner loops of alternating least squares over one block of memory: by WebAssembly SIMD (als.wat), or the same in plain JavaScript, equal up to
 * rounding. Pointers are byte offsets into `buffer`, multiples of 16; matrices hold d floats a row.
 */
export interface AlsKernel {
  readonly buffer: ArrayBuffer
  readonly isFast: boolean
  /** out (d × d) += Σ rᵀr over `count` rows. Only the lower triangle is meant; what stands above it is not. */
  gram(rows: number, count: number, d: number, out: number): void
  /** out = rows · m for a triangular m (upper: 1, lower: 0), whose other triangle is zero. `count` is rounded up to a multiple of four. */
  multiply(rows: number, count: number, d: number, m: number, upper: 0 | 1, out: number): void
  /**
   * For `count` rows: `steps` of conjugate gradient from z on (I + Σ w y yᵀ) z = Σ (1 + w) y, the sums over the row's columns (rows of y); rows
   * without columns become zero. `starts` points at the first row's start; `scratch` has room for 3 · d floats, and weights are readable three floats
   * beyond their end.
   */
  solve(
    z: number,
    count: number,
    starts: number,
    columns: number,
    weights: number,
    y: number,
    d: number,
    steps: number,
    scratch: number,
  ): void
}

export function openAlsKernel(bytes: number, d: number, wasm: Wasm | null = wasmOf()): AlsKernel {
  const fast =
    d % 8 === 0
      ? openKernel<Omit<AlsKernel, 'buffer' | 'isFast'> & { memory: WasmMemory }>(ALS_WASM, bytes, wasm)
      : null
  if (fast === null) return new PlainAls(bytes)
  return { buffer: fast.memory.buffer, isFast: true, gram: fast.gram, multiply: fast.multiply, solve: fast.solve }
}
