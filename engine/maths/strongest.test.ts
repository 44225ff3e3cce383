import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from './random.ts'
import { Strongest } from './strongest.ts'

test('the strongest are those that sorting finds, equal ones by the order asked for', () => {
  const strongest = new Strongest()
  fc.assert(
    fc.property(
      fc.nat(3000),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(2, 50, 1e9),
      fc.integer(),
      (count, wanted, kinds, seed) => {
        const random = seededRandom(seed)
        const values = Float32Array.from({ length: count }, () => Math.floor(random() * kinds) - 1)
        const isMeant = (place: number) => place % 7 > 0
        const out = new Int32Array(wanted)
        const taken = strongest.take(values, count, wanted, out, (a, b) => a > b, isMeant)
        const expected = Array.from(values.keys())
          .filter(isMeant)
          .sort((a, b) => values[b]! - values[a]! || b - a)
          .slice(0, wanted)
        expect(Array.from(out.subarray(0, taken)).sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b))
      },
    ),
  )
})
