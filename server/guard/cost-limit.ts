import { createRequire } from 'node:module'
import { type GraphQLSchema, Kind, visit } from 'graphql'
import type { ComplexityEstimator, ComplexityEstimatorArgs } from 'graphql-query-complexity'
import { AppError } from '../../schema/app-error.ts'
import type { Operation, Variables } from '../graphql/operations.ts'

// Its ESM build brings another copy of graphql, in which no type of this schema is known and the limit never bites.
const { getComplexity } = createRequire(import.meta.url)(
  'graphql-query-complexity',
) as typeof import('graphql-query-complexity')

/** Costs kept per operation: by the values of the variables that matter. */
const keptMax = 50

/**
 * What work costs, in rows. One row (a pick, an item, an event) with ten fields takes about 5 µs of the serving thread; the
 * others are measured against it.
 */
const costs = {
  /** A list ranked on request, in the thread that ranks. */
  ranking: 40,
  /** A start page, made of the user's list, the trends and the newest of the catalog. */
  page: 40,
  /** A page of the catalog, and each word that is searched for. */
  catalogPage: 20,
  searchWord: 30,
  /** Waiting for a causal token. */
  wait: 20,
  /** Each field of a row: aliases repeat fields. */
  field: 0.05,
  /** Each event or item that a list is ranked by, and each id of `exclude`. */
  basisItem: 0.2,
  excludedId: 0.05,
  /** Each place of a list that is diversified. */
  diversifiedPlace: 1,
  /** Each event, item or id of a mutation. Charged to the client, not limited by LIMIT_COST: batches have a size of their own. */
  element: 5,
} as const

/** Cost that is charged to a client as one request more. */
const costPerRequest = 50

/** What an operation that is refused for its cost is charged: about 10 ms, where a request takes 1 ms. */
const refusedRequests = 10

export const searchWordsMax = 16
export const wordsOf = (search: string): number => search.split(/\s+/).length

interface Cost {
  /** In rows. */
  readonly cost: number
  /** Elements of the lists that its mutations take. */
  readonly elements: number
}

/** The work of an operation at most, known before it runs. */
export class CostLimit {
  private readonly known = new WeakMap<Operation, { names: readonly string[]; costs: Map<string, Cost> }>()

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly max: number,
  ) {}

  /**
   * Has the client charged for an operation before it runs, in requests beyond the one that it is. A refused one is charged
   * as well: it has been parsed, validated and counted, and is not kept, so all of that is done again when it is repeated.
   * @param charge throws where the client may not ask for so much
   * @throws AppError BAD_USER_INPUT where it costs more than the limit
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

/** Fields whose every row is wanted as often as the list above them is long. */
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
/** Start pages: rows of `first` picks each, made of what is stored. */
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

/** The value of an argument that says how much is wanted, or its default. */
function sizeOfArgument(
  name: string,
  field: ComplexityEstimatorArgs['field'],
  args: Readonly<Record<string, unknown>>,
): number {
  const given = args[name] ?? field.args.find((argument) => argument.name === name)?.defaultValue
  return typeof given === 'number' ? Math.max(0, given) : 0
}

/** The work behind a list, beyond its rows. */
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

/** The variables that decide the cost: all that are given to arguments or directives as a whole. */
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

/** Arguments whose values do not change the cost, though they differ from request to request. */
const unsized = new Set(['userId', 'id', 'itemId', 'filter', 'page', 'sinceRevision'])

/** What of a value decides the cost: short, whatever the value. */
function sizeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length
  if (typeof value === 'string') return -wordsOf(value)
  return typeof value === 'object' && value !== null ? 1 : value
}
