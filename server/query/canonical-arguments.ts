import type { ItemFilter } from '../../schema/graphql/item.ts'

/** The arguments that decide which items a list holds. */
export interface ListArguments {
  readonly first: number
  readonly filter: ItemFilter | null
  readonly exclude: ReadonlySet<string>
  readonly diversity: number
  readonly includeSeen?: boolean
  readonly placement: string | null
}

/**
 * Serializes arguments so that equal arguments have equal text: the order of fields and of names in a set, nulls and
 * defaults make no difference.
 *
 * @param subject what the list is about where that is not a user, for example the events of a session
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

function canonicalFilter(filter: ItemFilter | null): unknown {
  if (filter === null) return []
  return Object.entries(filter)
    .filter(([, value]) => value != null)
    .map(([name, value]) => [name, Array.isArray(value) ? [...new Set(value)].sort() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
