/**
 * The inner loops of alternating least squares over one block of memory: by WebAssembly SIMD (als.wat), or the same in
 * plain JavaScript, equal up to rounding. Pointers are byte offsets into `buffer`, multiples of 16; matrices hold d
 * floats a row.
 */
export interface AlsKernel {
  readonly buffer: ArrayBuffer
  readonly isFast: boolean
  /** out (d × d) += Σ rᵀr over `count` rows. Only the lower triangle is defined. */
  gram(rows: number, count: number, d: number, out: number): void
  /**
   * out = rows · m for a triangular m (upper: 1, lower: 0), whose other triangle is zero. `count` is rounded up to a
   * multiple of four.
   */
  multiply(rows: number, count: number, d: number, m: number, upper: 0 | 1, out: number): void
  /**
   * For `count` rows: `steps` of conjugate gradient from z on (I + Σ w y yᵀ) z = Σ (1 + w) y, the sums over the row's
   * columns (rows of y). A row without columns becomes zero. A row ends early when the squared norm of its residual
   * is below 1e-12. `starts` points at the first row's start; `scratch` has room for 3 · d floats, and weights are
   * readable three floats beyond their end. See train/ials.ts for the method.
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

/** als.wat in plain JavaScript: used without WebAssembly SIMD, and for dimensions that are not a multiple of 8. */
export class PlainAls implements AlsKernel {
  readonly isFast = false
  readonly buffer: ArrayBuffer
  private readonly floats: Float32Array
  private readonly ints: Int32Array

  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(Math.ceil(bytes / 4) * 4)
    this.floats = new Float32Array(this.buffer)
    this.ints = new Int32Array(this.buffer)
  }

  gram(rows: number, count: number, d: number, out: number): void {
    const { floats } = this
    for (let row = 0, at = rows >> 2; row < count; row++, at += d)
      for (let i = 0; i < d; i++)
        for (let j = 0, to = (out >> 2) + i * d; j <= i; j++) floats[to + j]! += floats[at + i]! * floats[at + j]!
  }

  multiply(rows: number, count: number, d: number, m: number, upper: 0 | 1, out: number): void {
    const { floats } = this
    for (let row = 0; row < count; row++)
      for (let j = 0; j < d; j++) {
        let sum = 0
        for (let k = upper ? 0 : j; k < (upper ? j + 1 : d); k++)
          sum += floats[(rows >> 2) + row * d + k]! * floats[(m >> 2) + k * d + j]!
        floats[(out >> 2) + row * d + j] = sum
      }
  }

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
  ): void {
    const { floats, ints } = this
    const at = scratch >> 2
    const r = floats.subarray(at, at + d)
    const p = floats.subarray(at + d, at + 2 * d)
    const ap = floats.subarray(at + 2 * d, at + 3 * d)
    for (let row = 0; row < count; row++) {
      const zRow = floats.subarray((z >> 2) + row * d, (z >> 2) + (row + 1) * d)
      const from = ints[(starts >> 2) + row]!
      const to = ints[(starts >> 2) + row + 1]!
      if (from === to) {
        zRow.fill(0)
        continue
      }
      const spread = (out: Float32Array, by: Float32Array, base: number, sign: number) => {
        for (let cell = from; cell < to; cell++) {
          const other = (y >> 2) + ints[(columns >> 2) + cell]! * d
          const w = floats[(weights >> 2) + cell]!
          let dot = 0
          for (let k = 0; k < d; k++) dot += by[k]! * floats[other + k]!
          const scale = base * (1 + w) + sign * w * dot
          for (let k = 0; k < d; k++) out[k]! += scale * floats[other + k]!
        }
      }
      for (let k = 0; k < d; k++) r[k] = -zRow[k]!
      spread(r, zRow, 1, -1)
      p.set(r)
      let rr = dotOf(r, r)
      for (let step = 0; step < steps && rr >= 1e-12; step++) {
        ap.set(p)
        spread(ap, p, 0, 1)
        const alpha = rr / dotOf(p, ap)
        for (let k = 0; k < d; k++) {
          zRow[k]! += alpha * p[k]!
          r[k]! -= alpha * ap[k]!
        }
        const next = dotOf(r, r)
        for (let k = 0; k < d; k++) p[k] = r[k]! + (next / rr) * p[k]!
        rr = next
      }
    }
  }
}

function dotOf(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}
