import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../math/random.ts'
import { ItemSums, laneCount, sumsMax } from './item-sums.ts'

test('WebAssembly and JavaScript give the same sums over many queries', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(sizes, fc.integer(), (queries, seed) => {
      const pair = [new ItemSums(), new ItemSums(null)]
      for (const items of queries) {
        const [fast, plain] = pair.map((sums) => summed(sums, items, seededRandom(seed + items)))
        expect(pair.map(({ isFast }) => isFast)).toEqual([true, false])
        expect(fast!.touched).toEqual(plain!.touched)
        expect(fast!.because).toEqual(plain!.because)
        const apart = fast!.numbers.map((value, k) => Math.abs(value - plain!.numbers[k]!))
        expect(Math.max(0, ...apart)).toBeLessThan(1e-4)
      }
    }),
    { numRuns: 25 },
  )
})

/** One query's sources in turn, all numbers drawn. */
function summed(sums: ItemSums, items: number, random: () => number) {
  const some = () => Array.from({ length: items }, (_, item) => item).filter(() => random() < 0.5)
  const floats = (length: number) => Float32Array.from({ length }, random)
  if (sums.begin(items))
    sums.multipliers.set(Float32Array.from({ length: sums.multipliers.length }, (_, k) => (k % 7) / 7))
  const later = some()
  const words = new Float32Array(later.length * 6 + 6).map(random)
  const ints = new Int32Array(words.buffer)
  later.forEach((item, k) => {
    ints[k * 6] = item
  })
  sums.addLater({ ints, from: 0, count: later.length }, [0.5, 0.25, 0.75, 1], 0, 0)
  sums.addLater({ ints, from: 0, count: Math.min(2, later.length) }, [0.25, 0.5, 0.5, 0.5], 1, 17)
  const earlier = Int32Array.from(some())
  sums.addEarlier(earlier, floats(earlier.length * 4), [0.3, 0.4, 0.6], 1, 16)
  const known = some()
  const weights = new Float32Array(known.length * 2 + 2).map(random)
  const pairs = new Int32Array(weights.buffer)
  known.forEach((item, k) => {
    pairs[k * 2] = item
  })
  sums.addWeights(pairs, Math.min(1, known.length), known.length, 0.9, 7, 2)
  const related = some()
  sums.addItems(related, related[0] ?? -1, 0.2, 0.01, 6, 3)
  const tops = Array.from(sums.tops().subarray(0, sumsMax))
  sums.weigh(tops.map((_, k) => k + 1))
  const { count } = sums
  const touched = Array.from(sums.touched.subarray(0, count))
  const numbers = touched.flatMap((item) =>
    Array.from(sums.values.subarray(sums.placeOf(item), sums.placeOf(item) + sumsMax)),
  )
  expect(sums.values.length).toBeGreaterThanOrEqual(count * laneCount)
  return {
    touched,
    because: touched.map((item) => sums.becauseOf(item)),
    numbers: [...numbers, ...tops, ...sums.weighed.subarray(0, count)],
  }
}
