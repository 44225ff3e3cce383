import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AttributeCondition, attributeTest, isAboutAttribute } from './attributes.ts'
import type { ItemAttribute } from './types.ts'

describe('a list with an attribute filter is about', () => {
  const name = 'size'
  test.each<[filter: Omit<AttributeCondition, 'name'>, condition: Omit<AttributeCondition, 'name'>, isAbout: boolean]>([
    // any value
    [{}, {}, true],
    [{ in: ['M'] }, {}, true],
    [{ gte: 3 }, {}, true],
    [{ is: false }, {}, true],
    // texts and flags that the filter names
    [{ in: ['M', 'L'] }, { in: ['L', 'XL'] }, true],
    [{ in: ['M'] }, { in: ['L'] }, false],
    [{ is: true }, { is: true }, true],
    [{ is: true }, { is: false }, false],
    // ranges with a number in common
    [{ gte: 1, lte: 2 }, { gte: 2 }, true],
    [{ lte: 1 }, { gte: 0.5, lte: 3 }, true],
    [{ lte: 1 }, { gte: 2 }, false],
    [{ gte: 5 }, { lte: 4 }, false],
    // a filter with the name alone names no value
    [{}, { in: ['M'] }, false],
    [{}, { gte: 1 }, false],
    [{}, { is: true }, false],
    // values of another type, and conditions that no value fulfills
    [{ in: ['M'] }, { gte: 1 }, false],
    [{ in: [] }, {}, false],
    [{ in: ['M'], gte: 1 }, { in: ['M'] }, false],
    [{ in: ['M'], gte: 1 }, {}, false],
    [{ in: ['M'] }, { in: ['M'], is: true }, false],
    [{ in: null, gte: null, lte: null, is: null }, {}, true],
  ])('filter %j, condition %j: %s', (filter, condition, isAbout) => {
    expect(isAboutAttribute({ name, ...filter }, { name, ...condition })).toBe(isAbout)
    expect(isAboutAttribute({ name, ...filter }, { name: 'other', ...condition })).toBe(false)
  })

  test('what an item in it can fulfill: a filter for one value agrees with the test of an item with that value', () => {
    const number = fc.integer({ min: 0, max: 4 })
    const conditions = fc.oneof(
      fc.record({ in: fc.array(fc.constantFrom('M', 'L', 'XL'), { minLength: 1 }) }),
      fc.record({ gte: fc.option(number), lte: fc.option(number) }),
      fc.record({ is: fc.boolean() }),
      fc.constant({}),
    )
    const value = fc.oneof(fc.constantFrom('M', 'L'), number, fc.boolean())
    fc.assert(
      fc.property(conditions, value, (condition, one) => {
        const attribute: ItemAttribute = {
          name,
          text: typeof one === 'string' ? one : null,
          number: typeof one === 'number' ? one : null,
          flag: typeof one === 'boolean' ? one : null,
        }
        const parts =
          typeof one === 'string' ? { in: [one] } : typeof one === 'number' ? { gte: one, lte: one } : { is: one }
        const about = isAboutAttribute({ name, ...parts }, { name, ...condition })
        expect(about).toBe(attributeTest({ name, ...condition })([attribute]))
      }),
    )
  })
})
