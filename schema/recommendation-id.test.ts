import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type IdentifiedList,
  joinVariants,
  RecommendationIds,
  splitVariants,
  variantsCharsMax,
} from './recommendation-id.ts'
import { writeTimestampIn } from './revision.ts'

const ids = new RecommendationIds(new Uint8Array(32).fill(1))
const others = new RecommendationIds(new Uint8Array(32).fill(2))

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/)
const oneVariant = fc.tuple(name, name).map(([experiment, one]) => `${experiment}~${one}`)
const variant = fc.array(oneVariant, { maxLength: 4 }).map(joinVariants)
const placement = fc.option(fc.stringMatching(/^[a-z0-9-]{1,64}$/))
const userId = fc.string({ minLength: 1, maxLength: 256, unit: 'grapheme' })
const aList: fc.Arbitrary<IdentifiedList & { userId: string }> = fc.record({
  userId,
  revision: fc.bigInt({ min: 0n, max: 2n ** 111n - 1n }),
  variant,
  placement,
  arguments: fc.string(),
  itemIds: fc.array(fc.string({ minLength: 1 }), { maxLength: 5 }),
})

test('an id is verified for its own user, and says position, variant and placement', () => {
  fc.assert(
    fc.property(aList, (list) => {
      const { id } = ids.issue(list)
      expect(ids.verify(id, list.userId)).toEqual({
        writeTimestamp: writeTimestampIn(list.revision),
        variant: list.variant,
        placement: list.placement ?? null,
      })
      expect(id).toMatch(/^[\w.~+-]{1,256}$/)
    }),
  )
})

test('an id is not valid for another user, with another key, or with any character changed', () => {
  fc.assert(
    fc.property(aList, userId, fc.nat(), fc.constantFrom('A', '_', 'z', '.', '~', ''), (list, other, at, character) => {
      const { id } = ids.issue(list)
      fc.pre(other !== list.userId)
      expect(ids.verify(id, other)).toBeUndefined()
      expect(others.verify(id, list.userId)).toBeUndefined()
      expect(ids.verify(ids.issue({ ...list, userId: null }).id, list.userId)).toBeUndefined()
      const place = at % id.length
      const changed = id.slice(0, place) + character + id.slice(place + 1)
      if (changed !== id) expect(ids.verify(changed, list.userId)).toBeUndefined()
    }),
  )
})

test('whatever is sent as an id is taken or refused, never an error', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void ids.verify(text, 'u')))
})

test('lists that differ in anything have different ids; the same list has the same id, known or not', () => {
  fc.assert(
    fc.property(aList, aList, fc.uniqueArray(fc.constantFrom(...parts), { maxLength: 5 }), (one, two, taken) => {
      const mixed = { ...one, ...Object.fromEntries(taken.map((part) => [part, two[part]])) } as IdentifiedList
      const isSame = parts.every((part) => JSON.stringify(text(one[part])) === JSON.stringify(text(mixed[part])))
      expect(ids.issue(mixed).id === ids.issue(one).id).toBe(isSame)
      const sameSubject = { ...one, arguments: two.arguments, itemIds: two.itemIds }
      expect(ids.issue(sameSubject, ids.issue(one)).id).toBe(ids.issue(sameSubject).id)
    }),
  )
})

const parts = ['userId', 'revision', 'variant', 'placement', 'arguments', 'itemIds'] as const
const text = (value: unknown) => (typeof value === 'bigint' ? String(value) : value)

test('variants are joined as far as they fit an id, and split again', () => {
  const long = (n: number) => `${'e'.repeat(31)}${n}~${'v'.repeat(32)}`
  const joined = joinVariants([long(1), long(2), long(3), 'short~one'])!
  expect(joined.length).toBeLessThanOrEqual(variantsCharsMax)
  expect(splitVariants(joined)).toEqual([long(1), long(2), 'short~one'])
  expect([joinVariants([]), splitVariants(null)]).toEqual([null, []])
})
