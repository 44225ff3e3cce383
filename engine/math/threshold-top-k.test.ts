import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from './random.ts'
import { ThresholdTopK } from './threshold-top-k.ts'

test('selects what a full sort would, ties by the given order', () => {
  const strongest = new ThresholdTopK()
  fc.assert(
    fc.property(
      fc.nat(3000),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(2, 50, 1e9),
      fc.integer(),
      (count, wanted, kinds, seed) => {
        const random = seededRandom(seed)
        const values = Float32Array.from({ length: count }, () => Math.floor(random() * kinds) - 1)
        const accepts = (place: number) => place % 7 > 0
        const out = new Int32Array(wanted)
        const taken = strongest.select(values, count, wanted, out, (a, b) => a > b, accepts)
        const expected = Array.from(values.keys())
          .filter(accepts)
          .sort((a, b) => values[b]! - values[a]! || b - a)
          .slice(0, wanted)
        expect(Array.from(out.subarray(0, taken)).sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b))
      },
    ),
  )
})
