import { attributeTest } from '../../engine/attributes.ts'
import type { ItemAttribute } from '../../engine/types.ts'
import type { Item, ItemFilter } from '../../schema/graphql/item.ts'

/** The fields that a filter reads; the items of the thread that ranks have them too. */
export interface Filterable extends Readonly<Pick<Item, 'categories' | 'tags' | 'price' | 'publishedAt'>> {
  readonly attributes?: readonly ItemAttribute[]
}

export type ItemTest = (item: Item) => boolean
export type FilterTest = (item: Filterable) => boolean

/** Returns a test whether an item is available now and matches the whole filter. */
export function eligibilityTest(filter: ItemFilter | null | undefined): ItemTest {
  const passes = filterTest(filter)
  return passes === undefined ? isListed : (item) => item.isListed && passes(item)
}

const isListed: ItemTest = (item) => item.isListed

/** Returns a test of the whole filter, without availability; undefined where the filter has no condition. */
export function filterTest(filter: ItemFilter | null | undefined): FilterTest | undefined {
  const tests = filter ? testsOf(filter) : []
  if (tests.length <= 1) return tests[0]
  return (item) => tests.every((test) => test(item))
}

function testsOf(filter: ItemFilter): FilterTest[] {
  const { minPrice, maxPrice, publishedAfter } = filter
  const tests: (FilterTest | undefined)[] = [
    given(filter.categories, (any) => (item) => item.categories.some((category) => any.has(category))),
    given(filter.tags, (any) => (item) => item.tags.some((tag) => any.has(tag))),
    given(filter.excludeCategories, (none) => (item) => !item.categories.some((category) => none.has(category))),
    given(filter.excludeTags, (none) => (item) => !item.tags.some((tag) => none.has(tag))),
    given(filter.allCategories, (all) => (item) => hasAll(item.categories, all)),
    given(filter.allTags, (all) => (item) => hasAll(item.tags, all)),
    minPrice == null ? undefined : (item) => item.price !== null && item.price >= minPrice,
    maxPrice == null ? undefined : (item) => item.price !== null && item.price <= maxPrice,
    publishedAfter == null ? undefined : (item) => item.publishedAt !== null && item.publishedAt > publishedAfter,
    ...(filter.attributes ?? []).map((condition): FilterTest => {
      const matches = attributeTest(condition)
      return ({ attributes }) => attributes !== undefined && matches(attributes)
    }),
  ]
  return tests.filter((test) => test !== undefined)
}

const given = (values: readonly string[] | null | undefined, test: (values: ReadonlySet<string>) => FilterTest) =>
  values == null ? undefined : test(new Set(values))

function hasAll(labels: readonly string[], wanted: ReadonlySet<string>): boolean {
  for (const label of wanted) if (!labels.includes(label)) return false
  return true
}
