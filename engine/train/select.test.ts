import fc from 'fast-check'
import { expect, test } from 'vitest'
import { selectGreatest } from './select.ts'

test('keeps what sorting everything would have kept, in that order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 }), fc.nat(70), (values, most) => {
      const scores = Float64Array.from(values)
      const items = Int32Array.from(scores.keys()).reverse()
      const kept = selectGreatest(items, items.length, scores, most)
      const sorted = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, most)
      expect([...items.subarray(0, kept)]).toEqual(sorted)
    }),
  )
})
