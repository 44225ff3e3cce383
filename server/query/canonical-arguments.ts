import type { ItemFilter } from '../../schema/graphql/item.ts'

/** The arguments that determine which items a list contains. */
export interface ListArguments {
  readonly first: number
  readonly filter: ItemFilter | null
  readonly exclude: ReadonlySet<string>
  readonly diversity: number
  readonly includeSeen?: boolean
  readonly placement: string | null
}

/**
 * Serializes arguments so that equal arguments have equal text: the order of fields, of names in a set and of conditions
 * on attributes, nulls and defaults make no difference.
 *
 * @param subject of a list without a user, for example the events of a session
 */
export function canonicalArguments(
  { first, filter, exclude, diversity, includeSeen = false, placement }: ListArguments,
  subject: unknown = null,
): string {
  return JSON.stringify([
    first,
    diversity,
    includeSeen,
    canonicalFilter(filter),
    [...exclude].sort(),
    placement,
    subject,
  ])
}

/** The conditions that the filter sets, by name; none where it is null. */
const canonicalFilter = (filter: ItemFilter | null): unknown => (filter === null ? [] : canonicalFields(filter))

const canonicalFields = (fields: object): unknown[] =>
  Object.entries(fields)
    .filter(([, value]) => value != null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, canonicalValue(value)])

/** Every list in a filter is a set: order and duplicates make no difference. */
function canonicalValue(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((one) => JSON.stringify(canonicalValue(one))))].sort()
  return typeof value === 'object' && value !== null ? canonicalFields(value) : value
}
