import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choleskySolve } from '../math/cholesky.ts'
import { seededRandom } from '../math/random.ts'
import { RidgeSolver } from './ridge.ts'

test('systems of any size come out as by a plain Cholesky solution, one after the other', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }), fc.integer(), (sizes, seed) => {
      const random = seededRandom(seed)
      const solvers = [new RidgeSolver(40), new RidgeSolver(40, null)]
      expect(solvers.map((solver) => solver.isFast)).toEqual([true, false])
      for (const n of sizes) {
        const rows = Array.from({ length: n }, () => Float64Array.from({ length: 5 }, () => random() - 0.5))
        const dot = (i: number, j: number) => rows[i]!.reduce((sum, value, k) => sum + value * rows[j]![k]!, 0)
        const b = Float64Array.from({ length: n }, () => random())
        const a = Float64Array.from({ length: n * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n]
          return dot(i, j) + (i === j ? 0.5 : 0)
        })
        for (const solver of solvers) {
          solver.begin(n)
          for (let i = 0; i < n; i++) {
            for (let j = i; j < n; j++) solver.a[i * solver.width + j] = a[i * n + j]!
            solver.a[i * solver.width + n] = b[i]!
          }
        }
        choleskySolve(a, b, n)
        for (const solver of solvers) {
          const x = solver.solve(n)
          for (let k = 0; k < n; k++) expect(x[k]).toBeCloseTo(b[k]!, 9)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test.each([undefined, null])('a matrix that is not positive definite is refused', (wasm) => {
  const solver = new RidgeSolver(2, wasm)
  solver.begin(2)
  solver.a.set([1, 2])
  solver.a[solver.width + 1] = 1
  expect(() => solver.solve(2)).toThrow('expected a positive definite matrix')
})
