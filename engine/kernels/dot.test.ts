import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../maths/random.ts'
import { FactorScan } from './factor-scan.ts'

test('the fast scan gives what the plain one gives', () => {
  fc.assert(
    fc.property(fc.constantFrom(8, 16, 64), fc.integer({ min: 0, max: 3000 }), fc.integer(), (d, rows, seed) => {
      const random = seededRandom(seed)
      const factors = Float32Array.from({ length: rows * d }, () => random() - 0.5)
      const vector = Float32Array.from({ length: d }, () => random() - 0.5)
      const fast = new FactorScan(factors, d)
      const plain = new FactorScan(factors, d, null)
      expect([fast.isFast, plain.isFast]).toEqual([true, false])
      const [a, b] = [fast.run(vector), plain.run(vector)]
      expect(a.length).toBe(rows)
      for (let row = 0; row < rows; row++)
        if (Math.abs(a[row]! - b[row]!) > 1e-5) expect(a[row]).toBeCloseTo(b[row]!, 5)
    }),
    { numRuns: 30 },
  )
})
