import { expect, test } from 'vitest'
import type { Categories } from '../replica/categories.ts'
import type { ItemSide } from '../replica/item-side.ts'
import { CategoryAffinity } from './category-affinity.ts'
import type { Query } from './query.ts'

const names = ['books', 'games', 'music', 'tea', 'toys']
/** Item n has the categories sets[n]. */
const sets = [[0], [1], [2], [3], [4], [0, 1]]
const categories = { names, sets, setOf: [0, 1, 2, 3, 4, 5], of: (item: number) => sets[item] } as unknown as Categories

function strongestOf(recents: number[], strengths: number[]): string[] {
  const affinity = new CategoryAffinity(categories)
  affinity.begin({ recents, strengths } as unknown as Query, { categories } as unknown as ItemSide)
  return affinity.strongest()
}

test('categories are ordered by strength and recency; rejected items do not count', () => {
  expect(strongestOf([0, 1], [1, 3])).toEqual(['games', 'books'])
  expect(strongestOf([0, 1], [1, 1])).toEqual(['books', 'games'])
  expect(strongestOf([2, 3, 2], [1, -1, 1])).toEqual(['music'])
  expect(strongestOf([5, 2], [2, 1.5])).toEqual(['music', 'books', 'games'])
  expect(strongestOf([0, 1, 2, 3, 4], [5, 4, 3, 2, 1])).toEqual(['books', 'games', 'music'])
})
