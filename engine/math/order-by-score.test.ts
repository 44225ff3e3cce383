import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderByScore } from './order-by-score.ts'

test('sorts by score, greatest first; of equals the one that ranks before comes first', () => {
  const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { maxLength: 200 })
  fc.assert(
    fc.property(scores, fc.array(fc.nat(), { minLength: 200, maxLength: 200 }), (values, ranks) => {
      const ranksBefore = (a: number, b: number) => ranks[a]! < ranks[b]! || (ranks[a] === ranks[b] && a < b)
      const places = Int32Array.from(values.keys())
      orderByScore(places, Float64Array.from(values), ranksBefore)
      const expected = [...values.keys()].sort((a, b) => {
        if (values[a]! > values[b]!) return -1
        if (values[a]! < values[b]!) return 1
        return ranksBefore(a, b) ? -1 : 1
      })
      expect([...places]).toEqual(expected)
    }),
  )
})
