import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutJson, cutText } from './cut-text.ts'

test('a cut text is the longest well-formed beginning within the bound', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, unitsMax) => {
      const cut = cutText(text, unitsMax)
      expect(cut.isWellFormed()).toBe(true)
      expect(text.startsWith(cut)).toBe(true)
      expect(cut.length).toBeLessThanOrEqual(unitsMax)
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, unitsMax - 1))
    }),
  )
})

test('a value that JSON does not know has no text', () => {
  expect(cutJson(undefined, 10)).toBeUndefined()
  expect(cutJson(`${'a'.repeat(8)}😀`, 10)).toBe(`"${'a'.repeat(8)}`)
})
