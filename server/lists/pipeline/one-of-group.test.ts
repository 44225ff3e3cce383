import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ranked } from '../../../test/support/builders.ts'
import { ListBuilder } from '../list-builder.ts'
import { parseListRequest } from '../list-request.ts'
import { variantInstead, variantsMax } from './one-of-group.ts'
import { arrange } from './pipeline.ts'
import { aCatalog, aListContext } from './testing/a-list-context.ts'

const catalog = aCatalog(
  { id: 'blue', groupId: 'shirt', tags: ['blue'] },
  { id: 'green', groupId: 'shirt', tags: ['green'] },
  { id: 'red', groupId: 'shirt', tags: ['red', 'warm'] },
  { id: 'wine', groupId: 'shirt', tags: ['warm'] },
  { id: 'hat' },
  { id: 'cap', groupId: 'hats', tags: ['warm'] },
)
catalog.rankVariants(['hat', 'wine', 'red', 'blue'])

interface Asked {
  readonly filter?: object
  readonly exclude?: readonly string[]
  readonly rules?: string
  readonly first?: number
}
function listOf(itemIds: readonly string[], { filter, exclude, rules, first = 10 }: Asked = {}) {
  const request = parseListRequest({ first, filter, exclude })
  const builder = new ListBuilder(aListContext(catalog, { request, rules }))
  return builder
    .addRanked(ranked(...itemIds))
    .fillWithNewest()
    .toPicks()
}
const idsOf = (...args: Parameters<typeof listOf>) => listOf(...args).map(({ item }) => item.id)

describe('of a group a list has one item', () => {
  test('the first of the ranking, whatever comes from other sources', () => {
    expect(idsOf(['red', 'blue', 'hat'])).toEqual(['red', 'hat', 'cap'])
    expect(idsOf(['hat', 'blue', 'cap', 'red'])).toEqual(['hat', 'blue', 'cap'])
  })

  test('the best seller that passes, where the ranked one does not; it takes its place, score and reason', () => {
    expect(idsOf(['blue', 'hat'], { filter: { tags: ['warm'] } })).toEqual(['wine', 'cap'])
    expect(idsOf(['blue', 'hat'], { filter: { tags: ['red'] } })).toEqual(['red'])
    const [pick] = listOf(['blue', 'hat'], { filter: { tags: ['warm'] }, exclude: ['wine'] })
    expect(pick).toMatchObject({ item: { id: 'red' }, score: 1, reason: { categories: ['any'] } })
  })

  test('none in place of one that is excluded: it is on the page, or bought', () => {
    expect(idsOf(['blue', 'hat'], { exclude: ['blue'] }).slice(0, 1)).toEqual(['hat'])
  })

  test('the pinned one, if one is pinned; of two the first', () => {
    const rules = 'pins: [{ item: wine, position: 2 }, { item: red, position: 3 }]'
    expect(idsOf(['blue', 'hat', 'cap'], { rules })).toEqual(['hat', 'wine', 'cap'])
  })

  test('but a pin takes no item away where all that were given are ordered', () => {
    const rules = 'pins: [{ item: wine, position: 1 }]'
    const list = ['blue', 'wine', 'red'].map((id) => ({
      item: catalog.get(id)!,
      score: 0,
      reason: { kind: 'pinned' } as const,
    }))
    const order = (allVariants: boolean) => {
      const context = aListContext(catalog, { request: { ...parseListRequest({}), allVariants }, rules })
      return arrange(list, context, () => false).map(({ item }) => item.id)
    }
    expect([order(true), order(false)]).toEqual([['wine', 'blue', 'red'], ['wine']])
  })

  test('whatever is asked, and the list is as long as there are products that pass', () => {
    const ids = fc.uniqueArray(fc.constantFrom(...catalog.items.keys()))
    const tag = fc.option(fc.constantFrom('warm', 'red', 'blue'), { nil: undefined })
    fc.assert(
      fc.property(ids, tag, fc.integer({ min: 1, max: 6 }), (order, wanted, first) => {
        const found = listOf(order, { filter: wanted ? { tags: [wanted] } : {}, first }).map(({ item }) => item)
        const products = new Set(found.map(({ id, groupId }) => groupId ?? id))
        expect(products.size).toBe(found.length)
        const passing = [...catalog.items.values()].filter(({ tags }) => !wanted || tags.includes(wanted))
        expect(found).toHaveLength(Math.min(first, new Set(passing.map(({ id, groupId }) => groupId ?? id)).size))
      }),
    )
  })
})

test('of a product with very many variants the best-selling hundred are looked at', () => {
  const many = Array.from({ length: variantsMax + 1 }, (_, n) => ({ id: `v${n}`, groupId: 'many' }))
  const shop = aCatalog(...many)
  shop.rankVariants(many.map(({ id }) => id))
  const instead = (wanted: string) => variantInstead(shop.get('v0')!, shop, ({ id }) => id === wanted)?.id
  expect([instead(`v${variantsMax - 1}`), instead(`v${variantsMax}`)]).toEqual([`v${variantsMax - 1}`, undefined])
})

test('the variants of a group are known as items come, change their group and go', () => {
  const shop = aCatalog({ id: 'a', groupId: 'g' }, { id: 'b', groupId: 'g' }, { id: 'a', groupId: 'h' }, { id: 'c' })
  expect([shop.variantsOf('g'), shop.variantsOf('h'), shop.variantsOf('none')]).toEqual([['b'], ['a'], []])
  const gone = (key: string) => ({
    topic: 'items',
    partition: 0,
    offset: 9,
    appendedAt: 0,
    headers: {},
    key,
    value: null,
  })
  shop.apply([gone('a'), gone('b')])
  expect([shop.variantsOf('g'), shop.variantsOf('h'), shop.hasGroups]).toEqual([[], [], false])
})
