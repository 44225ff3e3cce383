import { expect, test } from 'vitest'
import type { Item } from '../../schema/graphql/item.ts'
import { SearchIndex } from './search-index.ts'

const itemOf = (id: string, title: string) =>
  ({ id, title, categories: [], tags: [], description: null }) as unknown as Item
const idsOf = (index: SearchIndex, text: string) => index.search(text).map(({ id }) => id)

test('nothing is indexed before the index is opened, and everything once it is open', async () => {
  const index = new SearchIndex()
  const items = Array.from({ length: 1_000 }, (_, n) => itemOf(`item-${n}`, `kettle ${n}`))
  for (const item of items) index.put(item.id, item)
  expect(idsOf(index, 'kettle')).toEqual([])
  await index.open(items)
  expect(idsOf(index, 'kettle')).toHaveLength(1_000)
})

test('what changes while the index is built is found as it is now', async () => {
  const index = new SearchIndex()
  const items = Array.from({ length: 1_000 }, (_, n) => itemOf(`item-${n}`, `kettle ${n}`))
  const opened = index.open(items)
  index.put('item-7', itemOf('item-7', 'teapot'))
  index.put('item-8', undefined)
  index.put('new', itemOf('new', 'teapot'))
  await opened
  expect(idsOf(index, 'teapot').sort()).toEqual(['item-7', 'new'])
  expect(idsOf(index, 'kettle')).toHaveLength(998)
})

test('all that open the index at a time wait for the same', async () => {
  const index = new SearchIndex()
  const items = [itemOf('a', 'kettle')]
  await Promise.all([index.open(items), index.open(items)])
  index.put('b', itemOf('b', 'kettle'))
  expect(idsOf(index, 'kettle').sort()).toEqual(['a', 'b'])
})
