import { curveSegments, curveTable, logCurve } from '../math/curve.ts'
import { layerWasm } from './layer-wasm.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

/** Number of hidden units. The kernel holds them in four SIMD vectors. */
export const hiddenUnits = 16

interface Exports {
  memory: WasmMemory
  layer(
    candidates: number,
    count: number,
    features: number,
    inputs: number,
    curved: number,
    base: number,
    output: number,
    table: number,
    bends: number,
    scores: number,
  ): void
}

/**
 * Weights of a layer: `input` has `hiddenUnits` values for each feature, then for each curved feature; further rows are
 * not read. `output` has one value per unit.
 */
export interface LayerWeights {
  readonly input: Float32Array
  readonly output: Float32Array
}

/**
 * Adds output · max(0, base + input · [x, curve(x)]) to the scores of many candidates, by layer.wat, or in plain
 * JavaScript without WebAssembly SIMD (equal up to rounding to float32).
 */
export class HiddenLayer {
  readonly isFast: boolean
  private readonly width: number
  private readonly add: (base: Float32Array, features: Float32Array, count: number, scores: Float64Array) => void
  private weights: LayerWeights | null = null
  private readonly setWeights: (weights: LayerWeights) => void

  /** @param features of a candidate */
  constructor(candidatesMax: number, features: number, wasm: Wasm | null = wasmOf()) {
    this.width = features
    const row = hiddenUnits * 4
    const inputsAt = candidatesMax * 8
    const curvedAt = inputsAt + features * row
    const baseAt = curvedAt + features * row
    const outputAt = baseAt + row
    const tableAt = outputAt + row
    const featuresAt = tableAt + ((curveTable.length + 3) & ~3) * 4
    const kernel = openKernel<Exports>(layerWasm, featuresAt + candidatesMax * features * 4, wasm)
    this.isFast = kernel !== null
    if (kernel === null) {
      this.setWeights = () => {}
      this.add = (base, x, count, scores) => this.runPlain(base, x, count, scores)
      return
    }
    const { buffer } = kernel.memory
    new Float32Array(buffer, tableAt, curveTable.length).set(curveTable)
    const held = new Float32Array(buffer, featuresAt, candidatesMax * features)
    const sums = new Float64Array(buffer, 0, candidatesMax)
    const bases = new Float32Array(buffer, baseAt, hiddenUnits)
    this.setWeights = ({ input, output }) => {
      new Float32Array(buffer, inputsAt, 2 * features * hiddenUnits).set(input.subarray(0, 2 * features * hiddenUnits))
      new Float32Array(buffer, outputAt, hiddenUnits).set(output)
    }
    this.add = (base, x, count, scores) => {
      held.set(x.subarray(0, count * features))
      bases.set(base)
      sums.set(scores.subarray(0, count))
      kernel.layer(featuresAt, count, features, inputsAt, curvedAt, baseAt, outputAt, tableAt, curveSegments, 0)
      scores.set(sums.subarray(0, count))
    }
  }

  /**
   * @param base initial sum of each unit: its bias and what the context adds
   * @param x the features of `count` candidates, each 0 to 1
   */
  run(weights: LayerWeights, base: Float32Array, x: Float32Array, count: number, scores: Float64Array): void {
    if (this.weights !== weights) this.setWeights(weights)
    this.weights = weights
    this.add(base, x, count, scores)
  }

  private runPlain(base: Float32Array, x: Float32Array, count: number, scores: Float64Array): void {
    const { input, output } = this.weights!
    const features = this.width
    const sums = new Float64Array(hiddenUnits)
    for (let c = 0; c < count; c++) {
      sums.set(base)
      for (let f = 0, at = c * features; f < features; f++, at++) {
        const value = x[at]!
        if (value === 0) continue
        const curved = logCurve(value)
        for (let h = 0, a = f * hiddenUnits, b = (features + f) * hiddenUnits; h < hiddenUnits; h++, a++, b++) {
          sums[h]! += input[a]! * value + input[b]! * curved
        }
      }
      let score = 0
      for (let h = 0; h < hiddenUnits; h++) if (sums[h]! > 0) score += output[h]! * sums[h]!
      scores[c]! += score
    }
  }
}
