import { createRequire } from 'node:module'
import { type GraphQLSchema, Kind, visit } from 'graphql'
import type { ComplexityEstimator, ComplexityEstimatorArgs } from 'graphql-query-complexity'
import { AppError } from '../../schema/app-error.ts'
import type { Operation, Variables } from '../graphql/operations.ts'

// The ESM build brings another copy of graphql, which does not know the types of this schema, so the limit would never
// apply.
const { getComplexity } = createRequire(import.meta.url)(
  'graphql-query-complexity',
) as typeof import('graphql-query-complexity')

/** Maximum costs cached per operation, by the values of the variables that determine the cost. */
const keptMax = 50

/**
 * Cost of work in rows. One row (a pick, an item, an event) with ten fields takes about 5 µs of the serving thread. The
 * other costs were measured relative to it.
 */
const costs = {
  /** A list ranked on request, in the ranking thread. */
  ranking: 40,
  /** A start page, built from the user's list, the trends and the newest items. */
  page: 40,
  /** A page of the catalog, and each searched word. */
  catalogPage: 20,
  searchWord: 30,
  /** Waiting for a causal token. */
  wait: 20,
  /** Each field of a row, because aliases repeat fields. */
  field: 0.05,
  /** Each event or item from which a list is ranked, and each id of `exclude`. */
  basisItem: 0.2,
  excludedId: 0.05,
  /** Each position of a list that is diversified. */
  diversifiedPlace: 1,
  /**
   * Each event, item or id of a mutation. Charged to the client, but not limited by LIMIT_COST, because batches have
   * their own size limit.
   */
  element: 5,
} as const

/** Cost that counts as one more request of the client. */
const costPerRequest = 50

/** Requests charged for an operation that is rejected for its cost: about 10 ms, where a request takes 1 ms. */
const refusedRequests = 10

export const searchWordsMax = 16
export const wordsOf = (search: string): number => search.split(/\s+/).length

interface Cost {
  /** In rows. */
  readonly cost: number
  /** Elements of the list arguments of its mutations. */
  readonly elements: number
}

/** Computes the maximum work of an operation before it runs. */
export class CostLimit {
  private readonly known = new WeakMap<Operation, { names: readonly string[]; costs: Map<string, Cost> }>()

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly max: number,
  ) {}

  /**
   * Charges the client for an operation before it runs, in requests beyond the operation itself. A rejected operation
   * is charged too: it was parsed, validated and counted, and is not cached, so all of this is done again when it is
   * repeated.
   * @param charge throws if the client is over its limit
   * @throws AppError BAD_USER_INPUT if the operation costs more than the limit
   */
  admit(operation: Operation, variables: Variables | null | undefined, charge: (requests: number) => void): void {
    const { cost, elements } = this.costOf(operation, variables)
    const isRefused = cost > this.max
    charge(isRefused ? refusedRequests : Math.floor((cost + elements * costs.element) / costPerRequest))
    if (!isRefused) return
    const message =
      `expected an operation that costs at most ${this.max} rows, got one of ${cost} ` +
      `(a list ranked on request counts as ${costs.ranking} rows, a searched word as ${costs.searchWord})`
    throw new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'query', message }] })
  }

  private costOf(operation: Operation, variables: Variables | null | undefined): Cost {
    let known = this.known.get(operation)
    if (!known) this.known.set(operation, (known = { names: sizingVariables(operation), costs: new Map() }))
    const key = JSON.stringify(known.names.map((name) => sizeOf(variables?.[name])))
    const cost = known.costs.get(key) ?? this.compute(operation, variables)
    if (known.costs.size < keptMax) known.costs.set(key, cost)
    return cost
  }

  private compute({ document, name, node }: Operation, variables: Variables | null | undefined): Cost {
    let elements = 0
    const count: ComplexityEstimator = ({ type, args }) => {
      if (type.name === 'Mutation')
        for (const value of Object.values(args)) if (Array.isArray(value)) elements += value.length
      return undefined
    }
    const cost = getComplexity({
      schema: this.schema,
      query: document,
      variables: { ...variables },
      ...(name !== undefined && { operationName: name }),
      estimators: [...(node.operation === 'mutation' ? [count] : []), costOfField],
    })
    return { cost: Math.ceil(cost), elements }
  }
}

/** Fields whose elements are the rows of the surrounding list. */
const perRow = new Set(['picks', 'edges'])
/** Fields whose lists are ranked on request. */
const ranked = new Set([
  'sessionRecommendations',
  'similarItems',
  'boughtTogether',
  'similar',
  'trending',
  'trendingUpdated',
  'rank',
])
/** Start pages: rows of `first` picks each, built from stored data. */
const pages = new Set(['home', 'homeUpdated'])

function costOfField({ field, args, childComplexity }: ComplexityEstimatorArgs): number {
  const row = Math.max(1, childComplexity)
  const takesFirst = field.args.find(({ name }) => name === 'first')
  if (takesFirst) {
    const first = sizeOfArgument('first', field, args)
    const lists = pages.has(field.name) ? sizeOfArgument('rows', field, args) : 1
    return 1 + lists * first * row + workOf(field.name, args, first)
  }
  for (const rows of [args.ids, args.representations]) if (Array.isArray(rows)) return rows.length * row
  // `rank` is the name of a query and of a field of its picks.
  if (Array.isArray(args.itemIds)) return 1 + args.itemIds.length * row + workOf(field.name, args, 0)
  if (childComplexity === 0) return costs.field
  return childComplexity + (perRow.has(field.name) ? 1 : 0)
}

/** Value of an argument that sets a number of rows, or its default. */
function sizeOfArgument(
  name: string,
  field: ComplexityEstimatorArgs['field'],
  args: Readonly<Record<string, unknown>>,
): number {
  const given = args[name] ?? field.args.find((argument) => argument.name === name)?.defaultValue
  return typeof given === 'number' ? Math.max(0, given) : 0
}

/** Cost of a list beyond its rows. */
function workOf(name: string, args: Readonly<Record<string, unknown>>, first: number): number {
  const { events, itemIds, exclude, diversity, search, after } = args
  let work = ranked.has(name) ? costs.ranking : pages.has(name) ? costs.page : 0
  if (name === 'catalog')
    work += costs.catalogPage + (typeof search === 'string' ? wordsOf(search) * costs.searchWord : 0)
  else if (after != null) work += costs.wait
  for (const list of [events, itemIds]) if (Array.isArray(list)) work += list.length * costs.basisItem
  if (Array.isArray(exclude)) work += exclude.length * costs.excludedId
  if (typeof diversity === 'number' && diversity > 0) work += first * costs.diversifiedPlace
  return work
}

/** Variables that determine the cost: all that are passed to arguments or directives as a whole. */
function sizingVariables({ document }: Operation): string[] {
  const names = new Set<string>()
  const note = (value: { kind: string; name?: { value: string } }) => {
    if (value.kind === Kind.VARIABLE && value.name) names.add(value.name.value)
  }
  visit(document, {
    Argument({ name, value }) {
      if (!unsized.has(name.value)) note(value)
    },
    Directive({ arguments: given = [] }) {
      for (const { value } of given) note(value)
    },
  })
  return [...names]
}

/** Arguments whose values do not change the cost, although they differ between requests. */
const unsized = new Set(['userId', 'id', 'itemId', 'filter', 'page', 'sinceRevision'])

/** Short text of the parts of a value that determine the cost. */
function sizeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length
  if (typeof value === 'string') return -wordsOf(value)
  return typeof value === 'object' && value !== null ? 1 : value
}
