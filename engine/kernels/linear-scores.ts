import { contributionOf, curveSegments, curveTable } from '../math/curve.ts'
import { scoreWasm } from './score-wasm.ts'
import { openKernel, type Wasm, type WasmMemory, wasmOf } from './wasm.ts'

interface Exports {
  memory: WasmMemory
  score(
    candidates: number,
    count: number,
    width: number,
    weights: number,
    row: number,
    table: number,
    bends: number,
    scores: number,
    strongest: number,
  ): void
}

/**
 * Scores of many candidates by a linear blend that uses each feature twice, unchanged and through `logCurve`: by
 * score.wat, or in plain JavaScript without WebAssembly SIMD (equal up to rounding to float32).
 */
export class LinearScores {
  readonly isFast: boolean
  /** The caller writes them before `run`: one float per feature and candidate, each 0 to 1. */
  readonly features: Float32Array
  /**
   * Of the last `run`, per candidate: its score, and the feature with the largest contribution, the first of equals.
   */
  readonly scores: Float64Array
  readonly strongest: Int32Array
  private readonly width: number
  private readonly fast: ((weights: Float32Array, count: number) => void) | null

  constructor(candidatesMax: number, features: number, wasm: Wasm | null = wasmOf()) {
    this.width = features
    const row = Math.ceil(features / 4) * 4
    const strongestAt = candidatesMax * 8
    const weightsAt = (strongestAt + candidatesMax * 4 + 15) & ~15
    const tableAt = weightsAt + row * 12
    const featuresAt = tableAt + curveTable.length * 4
    // The kernel reads one block of 16 bytes beyond the last candidate.
    const bytes = featuresAt + candidatesMax * features * 4 + 16
    const kernel = openKernel<Exports>(scoreWasm, bytes, wasm)
    this.isFast = kernel !== null
    const buffer = kernel?.memory.buffer ?? new ArrayBuffer(bytes)
    this.scores = new Float64Array(buffer, 0, candidatesMax)
    this.strongest = new Int32Array(buffer, strongestAt, candidatesMax)
    this.features = new Float32Array(buffer, featuresAt, candidatesMax * features)
    if (kernel === null) {
      this.fast = null
      return
    }
    const table = new Float32Array(buffer, tableAt, curveTable.length)
    table.set(curveTable)
    const rows = new Float32Array(buffer, weightsAt, row * 3)
    rows.fill(-Infinity, 2 * row + features)
    this.fast = (weights, count) => {
      for (let f = 0; f < features; f++) {
        rows[f] = weights[f]!
        rows[row + f] = weights[features + f]!
      }
      kernel.score(featuresAt, count, features * 4, weightsAt, row * 4, tableAt, curveSegments, 0, strongestAt)
    }
  }

  /** @param weights one per feature, then one per curved feature */
  run(weights: Float32Array, count: number): void {
    if (this.fast !== null) this.fast(weights, count)
    else for (let c = 0; c < count; c++) this.runOne(weights, c)
  }

  private runOne(weights: Float32Array, candidate: number): void {
    const { features, width } = this
    let score = 0
    let most = -Infinity
    for (let f = 0; f < width; f++) {
      const part = contributionOf(weights, width, f, features[candidate * width + f]!)
      score += part
      if (part <= most) continue
      most = part
      this.strongest[candidate] = f
    }
    this.scores[candidate] = score
  }
}
