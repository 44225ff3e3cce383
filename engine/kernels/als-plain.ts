/** AlsKernel by als.wat in plain JavaScript, for where there is no SIMD and for dimensions that do not fill its lanes. */
export class PlainAls {
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
        const pace = rr / dotOf(p, ap)
        for (let k = 0; k < d; k++) {
          zRow[k]! += pace * p[k]!
          r[k]! -= pace * ap[k]!
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
