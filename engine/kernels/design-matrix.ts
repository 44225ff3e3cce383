import { designWasm } from './design-wasm.ts'
import { hiddenUnits } from './hidden-layer.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

interface Exports {
  memory: WasmMemory
  multiply(row: number, count: number, width: number, weights: number, scores: number): void
  addRows(rows: number, count: number, width: number, factors: number, sums: number): void
  forward(
    row: number,
    count: number,
    width: number,
    input: number,
    base: number,
    output: number,
    hidden: number,
    scores: number,
  ): void
  backward(
    row: number,
    count: number,
    width: number,
    factors: number,
    output: number,
    hidden: number,
    inputs: number,
    bases: number,
    outputs: number,
  ): void
}

/** Rows are padded to a multiple of this many floats. */
const blockFloats = 16

/** A hidden layer, or its gradient: `input` has `hiddenUnits` floats for each value of a row. */
export interface LayerBuffers {
  readonly input: Float32Array
  readonly base: Float32Array
  readonly output: Float32Array
}

/**
 * The rows of features that a ranker is fitted to, and what each step of a fit computes from a range of them, by
 * design.wat or by the same steps in plain JavaScript: equal up to rounding to float32. The caller writes `values`,
 * `weights`, `factors` and `layer`, then calls; results are in the other views.
 */
export class DesignMatrix {
  readonly isFast: boolean
  /** Floats from one row to the next: `width`, padded with zeros to a multiple of 16. */
  readonly stride: number
  /** `stride` floats per row. */
  readonly values: Float32Array
  /** Linear weights; zeros beyond `width`. */
  readonly weights: Float32Array
  /** One per row of the range: the scores of `multiply` and `forward`; the factors of `addRows` and `backward`. */
  readonly scores: Float32Array
  readonly factors: Float32Array
  /** Sum of `addRows`. */
  readonly gradient: Float32Array
  readonly layer: LayerBuffers
  /** Sums of `backward`. */
  readonly layerGradient: LayerBuffers
  private readonly hidden: Float32Array
  private readonly kernel: Exports | null

  /**
   * @param rows of the matrix
   * @param width values per row
   * @param rangeMax greatest number of rows that one call reads
   */
  constructor(rows: number, width: number, rangeMax: number, wasm: Wasm | null = wasmOf()) {
    this.stride = Math.ceil(width / blockFloats) * blockFloats
    const { stride } = this
    const range = Math.ceil(rangeMax / blockFloats) * blockFloats
    const lengths = [stride, stride, range, range, range * hiddenUnits, rows * stride]
    const layer = [stride * hiddenUnits, hiddenUnits, hiddenUnits]
    const floats = [...lengths, ...layer, ...layer].reduce((sum, length) => sum + length, 0)
    this.kernel = openKernel<Exports>(designWasm, floats * 4, wasm)
    this.isFast = this.kernel !== null
    const buffer = this.kernel?.memory.buffer ?? new ArrayBuffer(floats * 4)
    let used = 0
    const take = (length: number): Float32Array => {
      used += length
      return new Float32Array(buffer, (used - length) * 4, length)
    }
    const takeLayer = (): LayerBuffers => ({
      input: take(stride * hiddenUnits),
      base: take(hiddenUnits),
      output: take(hiddenUnits),
    })
    this.weights = take(stride)
    this.gradient = take(stride)
    this.scores = take(range)
    this.factors = take(range)
    this.hidden = take(range * hiddenUnits)
    this.layer = takeLayer()
    this.layerGradient = takeLayer()
    this.values = take(rows * stride)
  }

  /** `scores` of `count` rows from `from` on: weights · row. */
  multiply(from: number, count: number): void {
    const { kernel, stride, values, weights, scores } = this
    if (kernel !== null) {
      kernel.multiply(this.addressOf(from), count, stride * 4, weights.byteOffset, scores.byteOffset)
      return
    }
    for (let c = 0, at = from * stride; c < count; c++, at += stride) {
      let sum = 0
      for (let f = 0; f < stride; f++) sum += weights[f]! * values[at + f]!
      scores[c] = sum
    }
  }

  /** Adds the rows times their `factors` to `gradient`. */
  addRows(from: number, count: number): void {
    const { kernel, stride, values, factors, gradient } = this
    if (kernel !== null) {
      kernel.addRows(this.addressOf(from), count, stride * 4, factors.byteOffset, gradient.byteOffset)
      return
    }
    for (let c = 0, at = from * stride; c < count; c++, at += stride)
      for (let f = 0; f < stride; f++) gradient[f]! += factors[c]! * values[at + f]!
  }

  /** `scores` of the rows by `layer`: output · max(0, base + input · row). */
  forward(from: number, count: number): void {
    const { kernel, stride, layer, hidden, scores } = this
    if (kernel === null) {
      this.forwardPlain(from, count)
      return
    }
    kernel.forward(
      this.addressOf(from),
      count,
      stride * 4,
      layer.input.byteOffset,
      layer.base.byteOffset,
      layer.output.byteOffset,
      hidden.byteOffset,
      scores.byteOffset,
    )
  }

  /**
   * Adds the gradient of the rows' scores times their `factors` to `layerGradient`. After `forward` of the same rows.
   */
  backward(from: number, count: number): void {
    const { kernel, stride, factors, layer, hidden, layerGradient } = this
    if (kernel === null) {
      this.backwardPlain(from, count)
      return
    }
    kernel.backward(
      this.addressOf(from),
      count,
      stride * 4,
      factors.byteOffset,
      layer.output.byteOffset,
      hidden.byteOffset,
      layerGradient.input.byteOffset,
      layerGradient.base.byteOffset,
      layerGradient.output.byteOffset,
    )
  }

  private addressOf(row: number): number {
    return this.values.byteOffset + row * this.stride * 4
  }

  private forwardPlain(from: number, count: number): void {
    const { stride, values, hidden, scores } = this
    const { input, base, output } = this.layer
    for (let c = 0; c < count; c++) {
      const to = c * hiddenUnits
      hidden.set(base, to)
      for (let f = 0, at = (from + c) * stride; f < stride; f++, at++) {
        const value = values[at]!
        if (value === 0) continue
        for (let h = 0, a = f * hiddenUnits; h < hiddenUnits; h++, a++) hidden[to + h]! += input[a]! * value
      }
      let score = 0
      for (let h = 0; h < hiddenUnits; h++) {
        hidden[to + h] = Math.max(0, hidden[to + h]!)
        score += output[h]! * hidden[to + h]!
      }
      scores[c] = score
    }
  }

  private backwardPlain(from: number, count: number): void {
    const { stride, values, factors, hidden, layer, layerGradient } = this
    const back = new Float32Array(hiddenUnits)
    for (let c = 0; c < count; c++) {
      const g = factors[c]!
      if (g === 0) continue
      for (let h = 0; h < hiddenUnits; h++) {
        const unit = hidden[c * hiddenUnits + h]!
        layerGradient.output[h]! += g * unit
        back[h] = unit > 0 ? g * layer.output[h]! : 0
        layerGradient.base[h]! += back[h]!
      }
      for (let f = 0, at = (from + c) * stride; f < stride; f++, at++) {
        const value = values[at]!
        if (value === 0) continue
        for (let h = 0, a = f * hiddenUnits; h < hiddenUnits; h++, a++) layerGradient.input[a]! += back[h]! * value
      }
    }
  }
}
