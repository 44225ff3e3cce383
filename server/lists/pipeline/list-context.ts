import { type AttributeCondition, attributeTest, isAboutAttribute } from '../../../engine/attributes.ts'
import type { Item, ItemFilter } from '../../../schema/graphql/item.ts'
import type { PickReason } from '../../../schema/records/ranked-list.ts'
import type { RuleFilter, RuleSet, When } from '../../../schema/rules.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { type FilterTest, filterTest } from '../item-filter.ts'
import type { ParsedListRequest } from '../list-request.ts'
import type { AppliedRules } from './applied-rules.ts'
import { type Ignored, isFatigued } from './fatigue.ts'

/** An eligible item with its score and reason. */
export interface Candidate {
  readonly item: Item
  /** Comparable within one list. After `weigh`: 0 or more. */
  readonly score: number
  readonly reason: PickReason
  /** Whether it fills a place that the ranking left empty: below all ranked items, whatever its score. */
  readonly isFill?: boolean | undefined
}

/** The request of a list and the state that its arrangement depends on. The steps of the pipeline read nothing else. */
export interface ListContext {
  readonly catalog: Catalog
  readonly request: ParsedListRequest
  /** The rules whose conditions hold for the subject of this list. */
  readonly rules: RuleSet
  readonly applied: AppliedRules
  /** By the server's clock, ms since 1970. */
  readonly now: number
  /** When the candidates were ranked, ms; for a stored list by the log's time, so that it is the same at every read. */
  readonly rankedAt: number
  /** Seed of all randomness in the list. */
  readonly seed: string
  /** Impressions without an interaction, by item; undefined where none are known. */
  readonly ignored: Ignored | undefined
  /** Whether an item may be in the list: available, and allowed by the request, the shop's filters and fatigue. */
  readonly isEligible: (item: Item) => boolean
}

/** What a context consists of beside the catalog and the request. */
export interface ListSubject {
  readonly applied: AppliedRules
  readonly now: number
  readonly rankedAt: number
  readonly seed: string
  readonly ignored?: Ignored | undefined
  /** Items that the list is about: those of similarItems or boughtTogether, or the newest of a session. */
  readonly about?: readonly string[]
}

export function createListContext(catalog: Catalog, request: ParsedListRequest, subject: ListSubject): ListContext {
  const { applied, now, rankedAt, seed, ignored, about = [] } = subject
  const { rules, isPlain } = applied
  const context = { catalog, request, applied, rules, now, rankedAt, seed, ignored, isEligible: request.isEligible }
  if (isPlain) return context
  const rulesHere = rulesAbout(rules, request.filter, about, catalog)
  return { ...context, rules: rulesHere, isEligible: eligibilityUnder(rulesHere, context) }
}

function eligibilityUnder(
  { filters = [], fatigue }: RuleSet,
  { request, ignored, now }: Pick<ListContext, 'request' | 'ignored' | 'now'>,
): (item: Item) => boolean {
  const tests: ((item: Item) => boolean)[] = filters.flatMap(toTests)
  if (fatigue?.factor === 0 && ignored) tests.push(({ id }) => !isFatigued(id, fatigue, ignored, now))
  if (tests.length === 0) return request.isEligible
  return (item) => request.isEligible(item) && tests.every((test) => test(item))
}

/** The test of a filter whose condition `when` holds. */
const toTests = ({ when: _, ...filter }: RuleFilter): FilterTest[] => {
  const test = filterTest(filter)
  return test ? [test] : []
}

/** Without rules whose conditions do not hold for the subject of the list. */
function rulesAbout(rules: RuleSet, filter: ItemFilter | null, about: readonly string[], catalog: Catalog): RuleSet {
  const { boosts = [], pins = [], filters = [] } = rules
  const isConditional = ({ when }: { readonly when?: When | undefined }) =>
    when?.category !== undefined || when?.attribute !== undefined
  if (![...boosts, ...pins, ...filters].some(isConditional)) return rules
  const items = about.flatMap((id) => catalog.get(id) ?? [])
  const categories = new Set([
    ...(filter?.categories ?? []),
    ...(filter?.allCategories ?? []),
    ...items.flatMap((item) => item.categories),
  ])
  const isAbout = (condition: AttributeCondition): boolean =>
    items.map((item) => item.attributes).some(attributeTest(condition)) ||
    (filter?.attributes ?? []).some((filtered) => isAboutAttribute(filtered, condition))
  const holds = ({ when }: { readonly when?: When | undefined }) =>
    (when?.category === undefined || categories.has(when.category)) &&
    (when?.attribute === undefined || isAbout(when.attribute))
  return { ...rules, boosts: boosts.filter(holds), pins: pins.filter(holds), filters: filters.filter(holds) }
}
