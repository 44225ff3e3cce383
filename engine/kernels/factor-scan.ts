import { estimatedThreshold, kthGreatest } from '../math/select.ts'
import { dotWasm } from './dot-wasm.ts'
import { dimensionsMax, quantizeRows, quantizeVector } from './quantize.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

interface Exports {
  memory: WasmMemory
  scan(rows: number, count: number, dimensions: number, vector: number, out: number): void
  scanAt(rows: number, places: number, count: number, dimensions: number, vector: number, out: number): void
  bound(
    rows: number,
    count: number,
    dimensions: number,
    vector: number,
    scales: number,
    scale: number,
    slacks: number,
    slack: number,
    out: number,
  ): void
  reach(values: number, count: number, floor: number, out: number): number
}

/**
 * Dot products of one vector with the rows of a matrix of floats: by WebAssembly SIMD if it is available and
 * `dimensions` is a multiple of 8, else in plain JavaScript (equal up to rounding). Keeps two copies of the matrix,
 * one of them in 8 bits: 5 · dimensions + 20 bytes per row.
 */
export class FactorScan {
  readonly isFast: boolean
  readonly rows: number
  /** After `run` one product per row; after `top` and `runAt` one per place. */
  readonly products: Float32Array
  /** Rows by number, for `top` and `runAt`. */
  readonly places: Int32Array
  /** Its copy of the matrix: `dimensions` floats per row. */
  readonly factors: Float32Array
  private readonly vector: Float32Array
  private readonly levels: Int16Array
  private readonly bounds: Float32Array
  private readonly addresses: Record<
    'vector' | 'products' | 'places' | 'levels' | 'quantized' | 'scales' | 'slacks' | 'bounds',
    number
  >
  private readonly kernel: Exports | null

  constructor(
    factors: Float32Array,
    private readonly dimensions: number,
    wasm: Wasm | null = wasmOf(),
  ) {
    const rows = dimensions === 0 ? 0 : factors.length / dimensions
    this.rows = rows
    let bytes = factors.byteLength
    const take = (length: number): number => {
      bytes += (length + 15) & ~15
      return bytes - ((length + 15) & ~15)
    }
    // The kernel computes bounds for four rows at a time.
    const room = (rows + 3) & ~3
    this.addresses = {
      vector: take(dimensions * 4),
      products: take(room * 4),
      places: take(room * 4),
      levels: take(dimensions * 2),
      quantized: take(room * dimensions),
      scales: take(room * 4),
      slacks: take(room * 4),
      bounds: take(room * 4),
    }
    const isUsable = dimensions > 0 && dimensions % 8 === 0 && dimensions <= dimensionsMax
    this.kernel = isUsable ? openKernel<Exports>(dotWasm, bytes, wasm) : null
    this.isFast = this.kernel !== null
    const buffer = this.kernel?.memory.buffer ?? new ArrayBuffer(bytes)
    const { addresses } = this
    this.factors = new Float32Array(buffer, 0, factors.length)
    this.factors.set(factors)
    this.vector = new Float32Array(buffer, addresses.vector, dimensions)
    this.products = new Float32Array(buffer, addresses.products, rows)
    this.places = new Int32Array(buffer, addresses.places, rows)
    this.levels = new Int16Array(buffer, addresses.levels, dimensions)
    this.bounds = new Float32Array(buffer, addresses.bounds, rows)
    if (this.kernel === null) return
    const quantized = new Int8Array(buffer, addresses.quantized, factors.length)
    quantizeRows(
      factors,
      dimensions,
      quantized,
      new Float32Array(buffer, addresses.scales, rows),
      new Float32Array(buffer, addresses.slacks, rows),
    )
  }

  /**
   * Returns the products of all rows, by row. Valid until the next call.
   * @param vector `dimensions` floats
   */
  run(vector: Float32Array): Float32Array {
    const { kernel, addresses } = this
    this.vector.set(vector)
    if (kernel !== null) kernel.scan(0, this.rows, this.dimensions, addresses.vector, addresses.products)
    else for (let row = 0; row < this.rows; row++) this.products[row] = this.productOf(row)
    return this.products
  }

  /** Returns the products of the first `count` rows in `places`, in that order. Valid until the next call. */
  runAt(vector: Float32Array, count: number): Float32Array {
    const { kernel, addresses, places } = this
    this.vector.set(vector)
    if (kernel !== null)
      kernel.scanAt(0, addresses.places, count, this.dimensions, addresses.vector, addresses.products)
    else for (let k = 0; k < count; k++) this.products[k] = this.productOf(places[k]!)
    return this.products
  }

  /**
   * Writes the `wanted` rows with the greatest products to `places`, in the order of their numbers; at equal products
   * the lower numbers. Returns how many.
   *
   * The result is exact, as by `run`: a first pass in 8 bits gives each row an upper bound, and the products of all
   * rows that can be among the greatest are then computed in float32.
   */
  top(vector: Float32Array, wanted: number): number {
    const { kernel, addresses, rows, bounds, levels } = this
    if (kernel === null) return this.keep(this.run(vector), rows, wanted, true)
    const { scale, length } = quantizeVector(vector, levels)
    kernel.bound(
      addresses.quantized,
      rows,
      this.dimensions,
      addresses.levels,
      addresses.scales,
      scale,
      addresses.slacks,
      length,
      addresses.bounds,
    )
    let floor = estimatedThreshold(bounds, rows, wanted)
    for (;;) {
      const found = kernel.reach(addresses.bounds, rows, floor, addresses.places)
      this.runAt(vector, found)
      // A product is at most its bound: what was left out is below the floor.
      const least = found < wanted ? -Infinity : kthGreatest(this.products, found, wanted)
      if (!(least < floor)) return this.keep(this.products, found, wanted, false)
      floor = least
    }
  }

  /** Of the first `count` products keeps the greatest, and the places they belong to. */
  private keep(products: Float32Array, count: number, wanted: number, areRows: boolean): number {
    const { places } = this
    const least = count > wanted ? kthGreatest(products, count, wanted) : -Infinity
    let equals = wanted
    for (let k = 0; k < count; k++) if (products[k]! > least) equals--
    let kept = 0
    for (let k = 0; k < count; k++) {
      const product = products[k]!
      if (product < least || (product === least && equals-- <= 0)) continue
      products[kept] = product
      places[kept++] = areRows ? k : places[k]!
    }
    return kept
  }

  private productOf(row: number): number {
    const { factors, vector, dimensions: d } = this
    let dot = 0
    for (let k = 0, at = row * d; k < d; k++, at++) dot += vector[k]! * factors[at]!
    return dot
  }
}
