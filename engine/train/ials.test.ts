import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openAlsKernel } from '../kernels/als-kernel.ts'
import { choleskySolve } from '../math/cholesky.ts'
import { seededRandom } from '../math/random.ts'
import { factorize } from './ials.ts'
import type { SparseMatrix } from './matrix.ts'

function run<T>(work: Generator<unknown, T>): T {
  let step = work.next()
  while (!step.done) step = work.next()
  return step.value
}

/** `rows` × `width`, every cell filled with the same chance; some rows stay empty. */
function aMatrix(rows: number, width: number, random: () => number): SparseMatrix {
  const cells: { column: number; value: number }[][] = Array.from({ length: rows }, () =>
    Array.from({ length: width }, (_, column) => ({ column, value: 0.1 + random() })).filter(() => random() < 0.15),
  )
  const starts = Int32Array.from([0, ...cells.keys()], (_, n) =>
    cells.slice(0, n).reduce((sum, row) => sum + row.length, 0),
  )
  const flat = cells.flat()
  const columns = Int32Array.from(flat, ({ column }) => column)
  return { rows, width, starts, columns, values: Float32Array.from(flat, ({ value }) => value) }
}

const d = 16

test('with as many steps as dimensions, the kernel gives the solution of the normal equations', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, fast) => {
      const random = seededRandom(seed)
      const matrix = aMatrix(9, 30, random)
      const kernel = openAlsKernel(64 * 1024, d, fast ? undefined : null)
      expect(kernel.isFast).toBe(fast)
      const { buffer } = kernel
      const [z, starts, columns, weights, y, scratch] = [0, 4096, 8192, 16384, 24576, 32768]
      new Int32Array(buffer, starts, 10).set(matrix.starts)
      new Int32Array(buffer, columns, matrix.columns.length).set(matrix.columns)
      new Float32Array(buffer, weights, matrix.values.length).set(matrix.values)
      const factors = new Float32Array(buffer, y, 30 * d).map(() => random() - 0.5)
      new Float32Array(buffer, y, 30 * d).set(factors)
      new Float32Array(buffer, z, 9 * d).fill(1)
      kernel.solve(z, 9, starts, columns, weights, y, d, d, scratch)
      for (let row = 0; row < 9; row++) {
        const a = new Float64Array(d * d)
        const b = new Float64Array(d)
        for (let i = 0; i < d; i++) a[i * d + i] = 1
        for (let cell = matrix.starts[row]!; cell < matrix.starts[row + 1]!; cell++) {
          const of = factors.subarray(matrix.columns[cell]! * d, (matrix.columns[cell]! + 1) * d)
          const w = matrix.values[cell]!
          for (let i = 0; i < d; i++) {
            b[i]! += (1 + w) * of[i]!
            for (let j = 0; j < d; j++) a[i * d + j]! += w * of[i]! * of[j]!
          }
        }
        choleskySolve(a, b, d)
        const found = new Float32Array(buffer, z + row * d * 4, d)
        for (let k = 0; k < d; k++) expect(found[k]).toBeCloseTo(b[k]!, 3)
      }
    }),
    { numRuns: 20 },
  )
})

test('gram and triangular products are those of plain JavaScript', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 13 }), fc.constantFrom(0, 1), (seed, rows, upper) => {
      const random = seededRandom(seed)
      const kernels = [openAlsKernel(32_768, d), openAlsKernel(32_768, d, null)]
      const values = Float32Array.from({ length: rows * d }, () => random() - 0.5)
      const triangle = Float32Array.from({ length: d * d }, (_, at) => {
        const [i, j] = [Math.floor(at / d), at % d]
        return (upper ? i <= j : j <= i) ? random() - 0.5 : 0
      })
      const [grams, products] = [[], []] as [Float32Array[], Float32Array[]]
      for (const kernel of kernels) {
        new Float32Array(kernel.buffer, 0, rows * d).set(values)
        new Float32Array(kernel.buffer, 4096, d * d).set(triangle)
        kernel.gram(0, rows, d, 8192)
        kernel.multiply(0, rows, d, 4096, upper as 0 | 1, 16_384)
        grams.push(new Float32Array(kernel.buffer, 8192, d * d))
        products.push(new Float32Array(kernel.buffer, 16_384, rows * d))
      }
      for (let i = 0; i < d; i++)
        for (let j = 0; j <= i; j++) expect(grams[0]![i * d + j]).toBeCloseTo(grams[1]![i * d + j]!, 5)
      for (let at = 0; at < rows * d; at++) expect(products[0]![at]).toBeCloseTo(products[1]![at]!, 5)
    }),
    { numRuns: 30 },
  )
})

test('factors are the same without WebAssembly, up to rounding', () => {
  const matrix = aMatrix(600, 40, seededRandom(7))
  const options = { dimensions: d, alpha: 10, regularization: 1, rounds: 2, seed: 3 }
  const fast = run(factorize(matrix, options))
  const plain = run(factorize(matrix, options, null))
  expect(fast.length).toBe(40 * d)
  for (let at = 0; at < fast.length; at++) expect(fast[at]).toBeCloseTo(plain[at]!, 3)
})

test('where there is no room for the memory that is asked for, plain JavaScript takes over', () => {
  const kernel = openAlsKernel(1024, d, {
    Module: class {},
    Instance: class {
      exports = {
        memory: {
          buffer: new ArrayBuffer(0),
          grow: () => {
            throw new RangeError('no memory')
          },
        },
      }
    },
  })
  expect(kernel.isFast).toBe(false)
  expect(kernel.buffer.byteLength).toBe(1024)
})
