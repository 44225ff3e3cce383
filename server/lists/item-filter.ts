import type { Item, ItemFilter } from '../../schema/graphql/item.ts'

/** What a filter looks at; an item of the ranking thread has it too. */
export type Filterable = Readonly<Pick<Item, 'available' | 'categories' | 'tags' | 'price'>>
export type ItemTest = (item: Filterable) => boolean

const everything: ItemTest = (item) => item.available

/** What may be listed: available, and all that the filter asks. */
export function eligibilityTest(filter: ItemFilter | null | undefined): ItemTest {
  if (!filter) return everything
  const { minPrice, maxPrice } = filter
  const categories = toSet(filter.categories)
  const tags = toSet(filter.tags)
  const excluded = toSet(filter.excludeCategories)
  return (item) =>
    item.available &&
    (categories === undefined || item.categories.some((category) => categories.has(category))) &&
    (tags === undefined || item.tags.some((tag) => tags.has(tag))) &&
    (excluded === undefined || !item.categories.some((category) => excluded.has(category))) &&
    (minPrice == null || (item.price !== null && item.price >= minPrice)) &&
    (maxPrice == null || (item.price !== null && item.price <= maxPrice))
}

const toSet = (values: readonly string[] | null | undefined) => (values == null ? undefined : new Set(values))
