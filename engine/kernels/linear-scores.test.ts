import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logCurve } from '../math/curve.ts'
import { seededRandom } from '../math/random.ts'
import { LinearScores } from './linear-scores.ts'

test('WebAssembly and JavaScript give the same scores and top features', () => {
  const sizes = fc.record({ count: fc.integer({ min: 1, max: 40 }), width: fc.integer({ min: 1, max: 21 }) })
  fc.assert(
    fc.property(sizes, fc.integer(), ({ count, width }, seed) => {
      const random = seededRandom(seed)
      // Whole sixteenths and many zeros, so that equals are common; the curve's ends among them.
      const features = Float32Array.from(
        { length: count * width },
        () => Math.max(0, Math.floor(random() * 24) - 7) / 16,
      )
      const weights = Float32Array.from({ length: 2 * width }, () => (Math.floor(random() * 9) - 4) / 4)
      const pair = [new LinearScores(40, width), new LinearScores(40, width, null)]
      expect(pair.map(({ isFast }) => isFast)).toEqual([true, false])
      for (const scores of pair) {
        scores.features.fill(1).set(features)
        scores.run(weights, count)
      }
      const [fast, plain] = pair as [LinearScores, LinearScores]
      for (let c = 0; c < count; c++) {
        expect(Math.abs(fast.scores[c]! - plain.scores[c]!)).toBeLessThan(1e-5)
        expect(fast.strongest[c]).toBeLessThan(width)
        const parts = partsOf(features.subarray(c * width, (c + 1) * width), weights)
        expect(Math.max(...parts) - parts[fast.strongest[c]!]!).toBeLessThan(1e-5)
        expect(plain.strongest[c]).toBe(parts.indexOf(Math.max(...parts)))
        expect(plain.scores[c]).toBeCloseTo(
          parts.reduce((sum, part) => sum + part, 0),
          9,
        )
      }
    }),
    { numRuns: 50 },
  )
})

function partsOf(features: Float32Array, weights: Float32Array): number[] {
  return Array.from(features, (x, f) => weights[f]! * x + weights[features.length + f]! * logCurve(x))
}
