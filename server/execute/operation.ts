import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'

export type Variables = Readonly<Record<string, unknown>>

/** One operation of one document, ready to run. */
export interface Operation {
  readonly document: DocumentNode
  readonly node: OperationDefinitionNode
  readonly name: string | undefined
  /** The first field asked for, by its name in the schema: what it is called in metrics. */
  readonly label: string
  /** The variable behind `sinceRevision`: it decides which answers a subscriber gets, not what is in them. */
  readonly sinceVariable: string | undefined
  hits: number
  compiled: CompiledQuery | 'cannot' | undefined
}

/** Compiling takes about 3 ms, so only what comes again is compiled. */
const compileAfterHits = 3
/** About 160 kB each. */
const compiledMax = 500

/**
 * Runs operations: graphql-js at first and wherever graphql-jit cannot, graphql-jit for what comes often. Both give the
 * same answers: variables are checked by graphql-js in either case (graphql-jit words its refusals differently).
 */
export class Operations {
  readonly #schema: GraphQLSchema
  readonly #byDocument = new WeakMap<DocumentNode, Map<string | null, Operation>>()
  readonly #compiled = new LRUCache<Operation, true>({
    max: compiledMax,
    dispose: (_, operation) => {
      operation.compiled = undefined
      operation.hits = 0
    },
  })

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  /** undefined where the document has no such operation. */
  prepare(document: DocumentNode, operationName: string | null | undefined): Operation | undefined {
    let operations = this.#byDocument.get(document)
    if (!operations) this.#byDocument.set(document, (operations = new Map()))
    const key = operationName ?? null
    const known = operations.get(key)
    if (known) return known
    const node = getOperationAST(document, operationName)
    if (!node) return undefined
    const name = node.name?.value
    const operation = {
      document,
      node,
      name,
      label: labelOf(node),
      sinceVariable: sinceVariableOf(node),
      hits: 0,
      compiled: undefined,
    }
    operations.set(key, operation)
    return operation
  }

  run(
    operation: Operation,
    variables: Variables | null | undefined,
    contextValue: unknown,
    rootValue?: unknown,
  ): ExecutionResult | Promise<ExecutionResult> {
    const { document } = operation
    const errors = this.checkVariables(operation, variables)
    if (errors) return { errors }
    const compiled = this.#compile(operation)
    if (compiled) {
      const result = compiled.query(rootValue, contextValue, variables ?? {})
      return result instanceof Promise ? result.then(withUsualErrors) : withUsualErrors(result)
    }
    return execute({
      schema: this.#schema,
      document,
      operationName: operation.name,
      variableValues: variables,
      contextValue,
      rootValue,
    }) as ExecutionResult | Promise<ExecutionResult>
  }

  /** undefined where they are as the operation declares them. */
  checkVariables({ node }: Operation, variables: Variables | null | undefined): GraphQLError[] | undefined {
    if (!node.variableDefinitions?.length) return undefined
    const { errors } = getVariableValues(this.#schema, node.variableDefinitions, variables ?? {}, { maxErrors: 50 })
    return errors?.map(asBadInput)
  }

  #compile(operation: Operation): CompiledQuery | undefined {
    if (operation.compiled === undefined && ++operation.hits > compileAfterHits) {
      const compiled = compileQuery(this.#schema, operation.document, operation.name)
      operation.compiled = isCompiledQuery(compiled) ? compiled : 'cannot'
      this.#compiled.set(operation, true)
    }
    if (operation.compiled === undefined || operation.compiled === 'cannot') return undefined
    this.#compiled.get(operation)
    return operation.compiled
  }
}

/** graphql-jit's errors have no extensions and no toJSON, which Apollo takes for granted. */
function withUsualErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result
  const errors = result.errors.map(({ message, path, locations, originalError }) => {
    const error = new GraphQLError(message, { path, originalError })
    return Object.defineProperty(error, 'locations', { value: locations, enumerable: true })
  })
  return { ...result, errors }
}

function asBadInput(error: GraphQLError): GraphQLError {
  const { nodes, source, positions, path, originalError, extensions } = error
  return new GraphQLError(error.message, {
    nodes,
    source,
    positions,
    path,
    originalError,
    extensions: { ...extensions, code: 'BAD_USER_INPUT' },
  })
}

function labelOf({ operation, selectionSet }: OperationDefinitionNode): string {
  const [first] = selectionSet.selections
  return first?.kind === 'Field' ? first.name.value : operation
}

function sinceVariableOf({ selectionSet }: OperationDefinitionNode): string | undefined {
  const [first] = selectionSet.selections
  const argument =
    first?.kind === 'Field' ? first.arguments?.find(({ name }) => name.value === 'sinceRevision') : undefined
  return argument?.value.kind === 'Variable' ? argument.value.name.value : undefined
}
