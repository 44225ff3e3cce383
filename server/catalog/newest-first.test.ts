import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Item } from '../../schema/graphql/item.ts'
import { byNewest, NewestFirst } from './newest-first.ts'

const anItem = (id: string, publishedAt: number | null) =>
  new Item({
    id,
    title: id,
    description: null,
    categories: [],
    tags: [],
    price: null,
    imageUrl: null,
    available: true,
    publishedAt,
    availableFrom: null,
    availableUntil: null,
    groupId: null,
    attributes: [],
    isListed: true,
  })

const change = fc.record({
  id: fc.integer({ min: 0, max: 20 }).map(String),
  publishedAt: fc.constantFrom(null, 1, 2, 3, 'removed' as const),
  look: fc.boolean(),
})

test('after any changes, looked at whenever, it is what sorting all of them gives', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 0, max: 700 }), (changes, bulk) => {
      const items = new Map<string, Item>()
      const newest = new NewestFirst(() => items.values())
      const put = (id: string, item: Item | undefined) => {
        newest.note(items.get(id), item)
        if (item) items.set(id, item)
        else items.delete(id)
      }
      newest.list()
      for (let n = 0; n < bulk; n++) put(`bulk-${n}`, anItem(`bulk-${n}`, n % 5))
      for (const { id, publishedAt, look } of changes) {
        put(id, publishedAt === 'removed' ? undefined : anItem(id, publishedAt))
        if (look) newest.list()
      }
      expect(newest.list()).toEqual([...items.values()].sort(byNewest))
    }),
    { numRuns: 300 },
  )
})
