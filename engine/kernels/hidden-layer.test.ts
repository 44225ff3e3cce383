import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../math/random.ts'
import { HiddenLayer, hiddenUnits } from './hidden-layer.ts'

test('a layer by WebAssembly adds what the one by JavaScript adds, also after a change of its weights', () => {
  const sizes = fc.record({ count: fc.integer({ min: 1, max: 30 }), width: fc.integer({ min: 1, max: 21 }) })
  fc.assert(
    fc.property(sizes, fc.integer(), ({ count, width }, seed) => {
      const random = seededRandom(seed)
      const draw = (length: number) => Float32Array.from({ length }, () => random() * 2 - 1)
      const layers = [new HiddenLayer(30, width), new HiddenLayer(30, width, null)] as const
      expect(layers.map(({ isFast }) => isFast)).toEqual([true, false])
      for (let round = 0; round < 2; round++) {
        // Many zeros, and ends of the curve.
        const x = Float32Array.from({ length: count * width }, () => Math.min(1, Math.max(0, random() * 2.2 - 1)))
        const weights = { input: draw(2 * width * hiddenUnits + hiddenUnits), output: draw(hiddenUnits) }
        const base = draw(hiddenUnits)
        const start = Float64Array.from({ length: count }, () => random())
        const [fast, plain] = layers.map((layer) => {
          const scores = start.slice()
          layer.run(weights, base, x, count, scores)
          return scores
        }) as [Float64Array, Float64Array]
        for (let c = 0; c < count; c++) expect(fast[c]).toBeCloseTo(plain[c]!, 3)
        expect(plain.some((score, c) => score !== start[c])).toBe(true)
      }
    }),
    { numRuns: 50 },
  )
})
