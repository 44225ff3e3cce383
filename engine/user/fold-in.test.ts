import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choleskySolve } from '../math/cholesky.ts'
import { normal, seededRandom } from '../math/random.ts'
import { foldIn } from './fold-in.ts'

const dimensions = 16
const itemCount = 40

test('the folded-in vector solves the normal equations of the user', () => {
  fc.assert(
    fc.property(fc.integer(), fc.uniqueArray(fc.nat(itemCount - 1), { minLength: 1, maxLength: 30 }), (seed, rows) => {
      const random = seededRandom(seed)
      const factors = Float32Array.from({ length: itemCount * dimensions }, () => normal(random) * 0.3)
      const strengths = rows.map(() => 0.1 + random())
      const x = foldIn({ factors, dimensions: dimensions, foldIn: { alpha: 10, itemsMax: 50 } }, rows, strengths)
      const a = new Float64Array(dimensions * dimensions)
      const b = new Float64Array(dimensions)
      for (let i = 0; i < dimensions; i++) a[i * dimensions + i] = 1
      rows.forEach((row, k) => {
        const y = factors.subarray(row * dimensions, (row + 1) * dimensions)
        for (let i = 0; i < dimensions; i++) {
          b[i]! += (1 + 10 * strengths[k]!) * y[i]!
          for (let j = 0; j < dimensions; j++) a[i * dimensions + j]! += 10 * strengths[k]! * y[i]! * y[j]!
        }
      })
      choleskySolve(a, b, dimensions)
      for (let i = 0; i < dimensions; i++)
        expect(Math.abs(x[i]! - b[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(b[i]!)))
    }),
  )
})
