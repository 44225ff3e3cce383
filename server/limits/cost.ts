import { createRequire } from 'node:module'
import { type GraphQLSchema, Kind, visit } from 'graphql'
import type { ComplexityEstimatorArgs } from 'graphql-query-complexity'
import { AppError } from '../../schema/app-error.ts'
import type { Operation, Variables } from '../execute/operation.ts'

// Its ESM build brings another copy of graphql, in which no type of this schema is known and the limit never bites.
const { getComplexity } = createRequire(import.meta.url)(
  'graphql-query-complexity',
) as typeof import('graphql-query-complexity')

/** Costs kept per operation: by the values of the variables that matter. */
const keptMax = 50

/** What an operation may return at most, in rows (picks, items, events), known before it runs. */
export class CostLimit {
  readonly #schema: GraphQLSchema
  readonly #max: number
  readonly #known = new WeakMap<Operation, { names: readonly string[]; costs: Map<string, number> }>()

  constructor(schema: GraphQLSchema, max: number) {
    this.#schema = schema
    this.#max = max
  }

  /** @throws AppError BAD_USER_INPUT */
  check(operation: Operation, variables: Variables | null | undefined): void {
    const cost = this.costOf(operation, variables)
    if (cost <= this.#max) return
    const message = `expected an operation that returns at most ${this.#max} rows, got one that may return ${cost}`
    throw new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'query', message }] })
  }

  costOf(operation: Operation, variables: Variables | null | undefined): number {
    let known = this.#known.get(operation)
    if (!known) this.#known.set(operation, (known = { names: sizingVariables(operation), costs: new Map() }))
    const key = JSON.stringify(known.names.map((name) => sizeOf(variables?.[name])))
    const cost = known.costs.get(key) ?? this.#compute(operation, variables)
    if (known.costs.size < keptMax) known.costs.set(key, cost)
    return cost
  }

  #compute({ document, name }: Operation, variables: Variables | null | undefined): number {
    return getComplexity({
      schema: this.#schema,
      query: document,
      variables: { ...variables },
      ...(name !== undefined && { operationName: name }),
      estimators: [rows],
    })
  }
}

/** Fields whose every row is wanted as often as the list above them is long. */
const perRow = new Set(['picks', 'edges'])

function rows({ field, args, childComplexity }: ComplexityEstimatorArgs): number {
  const takesFirst = field.args.find(({ name }) => name === 'first')
  if (takesFirst) {
    const first = typeof args.first === 'number' ? args.first : Number(takesFirst.defaultValue ?? 0)
    return 1 + Math.max(0, first) * Math.max(1, childComplexity)
  }
  if (Array.isArray(args.ids)) return args.ids.length * Math.max(1, childComplexity)
  return childComplexity + (perRow.has(field.name) ? 1 : 0)
}

/** The variables that decide how much is returned. */
function sizingVariables({ document }: Operation): string[] {
  const names = new Set<string>()
  const note = (value: { kind: string; name?: { value: string } }) => {
    if (value.kind === Kind.VARIABLE && value.name) names.add(value.name.value)
  }
  visit(document, {
    Argument({ name, value }) {
      if (name.value === 'first' || name.value === 'ids') note(value)
    },
    Directive({ arguments: given = [] }) {
      for (const { value } of given) note(value)
    },
  })
  return [...names]
}

const sizeOf = (value: unknown): unknown => (Array.isArray(value) ? value.length : value)
