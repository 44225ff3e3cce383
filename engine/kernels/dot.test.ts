import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../math/random.ts'
import { FactorScan } from './factor-scan.ts'

const sizes = [fc.constantFrom(8, 16, 64), fc.integer({ min: 0, max: 3000 }), fc.integer()] as const

test('the fast scan gives what the plain one gives', () => {
  fc.assert(
    fc.property(...sizes, (d, rows, seed) => {
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

test('the top of a scan equals the top of all products, with equal rows too', () => {
  fc.assert(
    fc.property(...sizes, fc.integer({ min: 1, max: 150 }), (d, rows, seed, wanted) => {
      const random = seededRandom(seed)
      const factors = random() < 0.5 ? alike(rows, d, random) : mixed(rows, d, random)
      const none = random() < 0.05
      const vector = Float32Array.from({ length: d }, () => (none ? 0 : random() - 0.5))
      for (const scan of [new FactorScan(factors, d), new FactorScan(factors, d, null)]) {
        const products = scan.run(vector).slice()
        const order = Array.from(products.keys()).sort((a, b) => products[b]! - products[a]! || a - b)
        const expected = order.slice(0, wanted).sort((a, b) => a - b)
        const count = scan.top(vector, wanted)
        expect(Array.from(scan.places.subarray(0, count))).toEqual(expected)
        expect(Array.from(scan.products.subarray(0, count))).toEqual(expected.map((row) => products[row]))
        scan.places.set(expected.slice(-5))
        const some = Math.min(5, expected.length)
        expect(Array.from(scan.runAt(vector, some).subarray(0, some))).toEqual(
          expected.slice(-5).map((row) => products[row]),
        )
      }
    }),
    { numRuns: 60 },
  )
})

/** Rows that 8 bits can hardly tell apart. */
function alike(rows: number, d: number, random: () => number): Float32Array {
  const first = Array.from({ length: d }, () => random() - 0.5)
  return Float32Array.from({ length: rows * d }, (_, at) => first[at % d]! + 0.002 * (random() - 0.5))
}

/** Long and short ones, zeros, and now and then the row before it again. */
function mixed(rows: number, d: number, random: () => number): Float32Array {
  const factors = new Float32Array(rows * d)
  for (let row = 0; row < rows; row++) {
    if (row > 0 && random() < 0.3) {
      factors.copyWithin(row * d, (row - 1) * d, row * d)
      continue
    }
    const size = random() < 0.1 ? 0 : 10 ** (random() * 2 - 1)
    for (let k = 0; k < d; k++) factors[row * d + k] = size * (random() - 0.5)
  }
  return factors
}
