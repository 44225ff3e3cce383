import { attributeTest } from '../../../engine/attributes.ts'
import type { ItemAttribute } from '../../../engine/types.ts'
import type { Item, ItemFilter } from '../../../schema/graphql/item.ts'
import type { PickReason } from '../../../schema/records/ranked-list.ts'
import type { RuleFilter, RuleSet, When } from '../../../schema/rules.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { type FilterTest, filterTest } from '../item-filter.ts'
import type { ParsedListRequest } from '../list-request.ts'
import type { AppliedRules } from './applied-rules.ts'
import { type Ignored, isTired } from './fatigue.ts'

/** An item that may be listed. */
export interface Candidate {
  readonly item: Item
  /** Comparable within one list. After `weigh`: 0 or more. */
  readonly score: number
  readonly reason: PickReason
  /** It fills a place that the ranking left over: below all that is ranked, whatever its score. */
  readonly isFill?: boolean | undefined
}

/** What a list is for, and the state of the shop that it depends on. The steps of the pipeline read nothing else. */
export interface ListContext {
  readonly catalog: Catalog
  readonly request: ParsedListRequest
  /** The rules as they hold for what this list is about. */
  readonly rules: RuleSet
  readonly applied: AppliedRules
  /** By the server's clock, ms since 1970. */
  readonly now: number
  /** When the candidates were ranked; of a stored list the log's time, so that it is the same whenever it is read. */
  readonly rankedAt: number
  /** Chance in the list depends on this text alone. */
  readonly seed: string
  /** What the user was shown without a reaction; undefined where nothing is known. */
  readonly ignored: Ignored | undefined
  /** What may be listed: available, and what the request, the shop's filters and fatigue allow. */
  readonly isEligible: (item: Item) => boolean
}

/** What makes one list's context out of its request. */
export interface ListSubject {
  readonly applied: AppliedRules
  readonly now: number
  readonly rankedAt: number
  readonly seed: string
  readonly ignored?: Ignored | undefined
  /** Items that the list was asked about: of similarItems, boughtTogether, or the newest of a session. */
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
  if (fatigue?.factor === 0 && ignored) tests.push(({ id }) => !isTired(id, fatigue, ignored, now))
  if (tests.length === 0) return request.isEligible
  return (item) => request.isEligible(item) && tests.every((test) => test(item))
}

/** `when` is decided already. */
const toTests = ({ when: _, ...filter }: RuleFilter): FilterTest[] => {
  const test = filterTest(filter)
  return test ? [test] : []
}

/** Without what is for lists about something else. */
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
  const subjects = [...items.map((item) => item.attributes), askedAttributes(filter)]
  const holds = ({ when }: { readonly when?: When | undefined }) =>
    (when?.category === undefined || categories.has(when.category)) &&
    (when?.attribute === undefined || subjects.some(attributeTest(when.attribute)))
  return { ...rules, boosts: boosts.filter(holds), pins: pins.filter(holds), filters: filters.filter(holds) }
}

/** What a filter asks of attributes, as the attributes of an item that has just these. */
const askedAttributes = (filter: ItemFilter | null): ItemAttribute[] =>
  (filter?.attributes ?? []).flatMap(({ name, in: texts, is }) => [
    ...(texts ?? []).map((text) => ({ name, text, number: null, flag: null })),
    ...(is == null ? [] : [{ name, text: null, number: null, flag: is }]),
  ])
