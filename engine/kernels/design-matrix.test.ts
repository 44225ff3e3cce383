import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../math/random.ts'
import { DesignMatrix } from './design-matrix.ts'

const rows = 30

test('by WebAssembly and by JavaScript scores and gradients are the same, for rows of any width', () => {
  const ranges = fc.record({ from: fc.nat(rows - 1), count: fc.nat(rows) })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(ranges, { maxLength: 4 }),
      fc.integer(),
      (width, all, seed) => {
        const random = seededRandom(seed)
        const draw = (array: Float32Array) => {
          for (let k = 0; k < array.length; k++) array[k] = random() * 2 - 1
        }
        const [fast, plain] = [new DesignMatrix(rows, width, rows), new DesignMatrix(rows, width, rows, null)]
        expect([fast.isFast, plain.isFast]).toEqual([true, false])
        for (let row = 0; row < rows; row++)
          for (let f = 0; f < width; f++) plain.values[row * plain.stride + f] = Math.max(0, random() * 2 - 1)
        draw(plain.weights.subarray(0, width))
        draw(plain.factors)
        for (const part of Object.values(plain.layer)) draw(part)
        fast.values.set(plain.values)
        fast.weights.set(plain.weights)
        fast.factors.set(plain.factors.map((factor, c) => (c % 3 === 0 ? 0 : factor)))
        plain.factors.set(fast.factors)
        for (const part of ['input', 'base', 'output'] as const) fast.layer[part].set(plain.layer[part])
        const isSame = (a: Float32Array, b: Float32Array) => {
          for (let k = 0; k < a.length; k++) expect(a[k]).toBeCloseTo(b[k]!, 4)
        }
        for (const { from, count: asked } of all) {
          const count = Math.min(asked, rows - from)
          for (const run of ['multiply', 'addRows', 'forward', 'backward'] as const) {
            for (const matrix of [fast, plain]) matrix[run](from, count)
            isSame(fast.scores.subarray(0, count), plain.scores.subarray(0, count))
          }
          isSame(fast.gradient, plain.gradient)
          for (const part of ['input', 'base', 'output'] as const)
            isSame(fast.layerGradient[part], plain.layerGradient[part])
        }
      },
    ),
    { numRuns: 60 },
  )
})

test.each([undefined, null])('gradients are those of the scores, by finite differences', (wasm) => {
  const random = seededRandom(7)
  const matrix = new DesignMatrix(5, 6, 5, wasm)
  for (let row = 0; row < 5; row++) for (let f = 0; f < 6; f++) matrix.values[row * matrix.stride + f] = random()
  for (const array of [matrix.weights.subarray(0, 6), ...Object.values(matrix.layer)])
    for (let k = 0; k < array.length; k++) array[k] = random() - 0.4
  for (let c = 0; c < 3; c++) matrix.factors[c] = random() - 0.5
  const loss = (run: 'multiply' | 'forward'): number => {
    matrix[run](2, 3)
    return matrix.scores.subarray(0, 3).reduce((sum, score, c) => sum + score * matrix.factors[c]!, 0)
  }
  const slope = (run: 'multiply' | 'forward', parameters: Float32Array, k: number): number => {
    const value = parameters[k]!
    const [above, below] = [1 / 512, -1 / 512].map((step) => {
      parameters[k] = value + step
      return loss(run)
    })
    parameters[k] = value
    return (above! - below!) * 256
  }
  matrix.addRows(2, 3)
  for (let f = 0; f < 6; f++) expect(matrix.gradient[f]).toBeCloseTo(slope('multiply', matrix.weights, f), 2)
  matrix.forward(2, 3)
  matrix.backward(2, 3)
  const { layer, layerGradient } = matrix
  for (const part of ['base', 'output'] as const)
    for (let h = 0; h < layer[part].length; h++)
      expect(layerGradient[part][h]).toBeCloseTo(slope('forward', layer[part], h), 2)
  for (let at = 0; at < 6 * layer.base.length; at += 5)
    expect(layerGradient.input[at]).toBeCloseTo(slope('forward', layer.input, at), 2)
})
