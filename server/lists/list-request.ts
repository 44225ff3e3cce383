import type { AttributeFilter, ItemFilter } from '../../schema/graphql/item.ts'
import { placementPattern } from '../../schema/placement.ts'
import { attributeNameBytesMax } from '../../schema/records/item.ts'
import { InputCheck } from '../guard/input-check.ts'
import { eligibilityTest, type ItemTest } from './item-filter.ts'

export const firstMax = 100
export const excludeMax = 1_000
const labelsMax = 100
const conditionsMax = 16
const labelLists = ['categories', 'tags', 'excludeCategories', 'allCategories', 'allTags', 'excludeTags'] as const

interface RequestedList {
  readonly first?: number | null
  readonly filter?: ItemFilter | null
  readonly exclude?: readonly string[] | null
  readonly diversity?: number | null
  readonly placement?: string | null
}

/** The arguments that every kind of list has. */
export interface ListRequest {
  readonly first: number
  readonly isEligible: ItemTest
  readonly exclude: ReadonlySet<string>
  readonly diversity: number
  /** Whether a list may have several items of one group. Default: false. */
  readonly allVariants?: boolean
}

/** A validated request. `filter` is kept as given, to be sent to the thread that ranks. */
export interface ParsedListRequest extends ListRequest {
  readonly filter: ItemFilter | null
  /** Where the list is shown; null where the request does not name it. */
  readonly placement: string | null
}

/**
 * Validates the arguments of a list and applies their defaults.
 * @param firstDefault `first` where the request has none
 * @param extraChecks further checks, so that one error reports all issues
 * @throws AppError BAD_USER_INPUT with an issue for every broken rule
 */
export function parseListRequest(
  requested: RequestedList,
  firstDefault = 20,
  extraChecks?: (check: InputCheck) => void,
): ParsedListRequest {
  const first = requested.first ?? firstDefault
  const exclude = requested.exclude ?? []
  const diversity = requested.diversity ?? 0
  const filter = requested.filter ?? null
  const placement = requested.placement ?? null
  const check = new InputCheck()
  check.require(first >= 1 && first <= firstMax, 'first', `1..${firstMax}`, first)
  check.require(diversity >= 0 && diversity <= 1, 'diversity', '0..1', diversity)
  check.ids(exclude, 'exclude', 0, excludeMax)
  check.require(placement === null || placementPattern.test(placement), 'placement', '1..64 of a-z 0-9 -', placement)
  if (filter) checkFilter(filter, check)
  extraChecks?.(check)
  check.throwIfAny()
  return {
    first,
    filter,
    isEligible: eligibilityTest(filter),
    exclude: exclude.length === 0 ? nothing : new Set(exclude),
    diversity,
    placement,
  }
}

const nothing: ReadonlySet<string> = new Set()

function checkFilter(filter: ItemFilter, check: InputCheck): void {
  for (const name of labelLists) {
    const labels = filter[name]
    if (labels) check.require(labels.length <= labelsMax, `filter.${name}`, `at most ${labelsMax} names`, labels.length)
  }
  const { minPrice, maxPrice } = filter
  for (const [name, price] of Object.entries({ minPrice, maxPrice })) {
    check.require(price == null || Number.isFinite(price), `filter.${name}`, 'a number', price)
  }
  if (minPrice != null && maxPrice != null) {
    check.require(minPrice <= maxPrice, 'filter.minPrice', `at most maxPrice (${maxPrice})`, minPrice)
  }
  const conditions = filter.attributes ?? []
  const isFew = conditions.length <= conditionsMax
  check.require(isFew, 'filter.attributes', `at most ${conditionsMax} conditions`, conditions.length)
  conditions.slice(0, conditionsMax).forEach((condition, n) => {
    checkCondition(condition, `filter.attributes[${n}]`, check)
  })
}

function checkCondition(condition: AttributeFilter, path: string, check: InputCheck): void {
  const { name, in: texts, gte, lte } = condition
  check.bytes(name, `${path}.name`, attributeNameBytesMax)
  if (texts) check.require(texts.length <= labelsMax, `${path}.in`, `at most ${labelsMax} texts`, texts.length)
  for (const [part, bound] of Object.entries({ gte, lte })) {
    check.require(bound == null || Number.isFinite(bound), `${path}.${part}`, 'a number', bound)
  }
  if (gte != null && lte != null) check.require(gte <= lte, `${path}.gte`, `at most lte (${lte})`, gte)
}
