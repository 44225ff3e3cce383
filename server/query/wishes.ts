import type { ItemFilter } from '../../schema/graphql/item.ts'
import { Check } from '../limits/check.ts'
import { eligibilityTest } from './item-filter.ts'
import type { Wish } from './list-builder.ts'

export const firstMax = 100
export const excludeMax = 1_000
const labelsMax = 100

interface Asked {
  readonly first?: number | null
  readonly filter?: ItemFilter | null
  readonly exclude?: readonly string[] | null
  readonly diversity?: number | null
}

/** A checked wish, with the plain parts that travel to the ranking thread. */
export interface CheckedWish extends Wish {
  readonly filter: ItemFilter | null
}

/** @throws AppError BAD_USER_INPUT; `also` adds further checks, so that all problems are said at once */
export function checkWish(asked: Asked, firstDefault = 20, also?: (check: Check) => void): CheckedWish {
  const first = asked.first ?? firstDefault
  const exclude = asked.exclude ?? []
  const diversity = asked.diversity ?? 0
  const filter = asked.filter ?? null
  const check = new Check()
  check.that(first >= 1 && first <= firstMax, 'first', `1..${firstMax}`, first)
  check.that(diversity >= 0 && diversity <= 1, 'diversity', '0..1', diversity)
  check.ids(exclude, 'exclude', 0, excludeMax)
  if (filter) checkFilter(filter, check)
  also?.(check)
  check.done()
  return {
    first,
    filter,
    test: eligibilityTest(filter),
    exclude: exclude.length === 0 ? nothing : new Set(exclude),
    diversity,
  }
}

const nothing: ReadonlySet<string> = new Set()

function checkFilter(filter: ItemFilter, check: Check): void {
  for (const name of ['categories', 'tags', 'excludeCategories'] as const) {
    const labels = filter[name]
    if (labels) check.that(labels.length <= labelsMax, `filter.${name}`, `at most ${labelsMax} names`, labels.length)
  }
  const { minPrice, maxPrice } = filter
  if (minPrice != null && maxPrice != null) {
    check.that(minPrice <= maxPrice, 'filter.minPrice', `at most maxPrice (${maxPrice})`, minPrice)
  }
}
