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
import { AnswerTooLong, checkErrorSizes, checkSize, tooLong } from './answer-size.ts'
import type { JsonPlan, JsonPlans, JsonResult } from './json-plan.ts'
import { withoutSuggestion } from './suggestions.ts'

export type Variables = Readonly<Record<string, unknown>>

/** Valid variables, as received and as resolvers see them. */
export interface Inputs {
  readonly given: Variables
  readonly coerced: Variables
}

/** One operation of one document, ready to run. */
export interface Operation {
  readonly document: DocumentNode
  readonly node: OperationDefinitionNode
  readonly name: string | undefined
  /** Name of the first root field in the schema; the label in metrics. */
  readonly label: string
  /** The variable used for `sinceRevision`. It determines which answers a subscriber receives, not their contents. */
  readonly sinceVariable: string | undefined
  hits: number
  compiled: CompiledQuery | 'cannot' | undefined
  plan: JsonPlan | 'none' | undefined
}

/** Compiling takes about 3 ms, so only operations that recur are compiled. */
const compileAfterHits = 3
/**
 * The time to compile is proportional to the document: 500 tokens take about 20 ms, in which no other request is
 * served.
 */
const compileTokensMax = 500
/** Memory of a compiled operation with its machine code, bytes, measured. */
const compiledBytes = 160_000
const compiledBytesPerToken = 1_000
const compiledBytesMax = 80 * 2 ** 20

/**
 * Runs operations. If the answer is wanted as text and consists of plain data, a plan writes it. Otherwise graphql-jit
 * executes frequent operations, and graphql-js all others and those that graphql-jit cannot compile. All give the same
 * answers. graphql-js always checks the variables, because the messages of graphql-jit differ.
 */
export class Operations {
  private readonly suggestions: boolean
  private readonly answerBytesMax: number
  private readonly byDocument = new WeakMap<DocumentNode, Map<string | null, Operation>>()
  private readonly compiled = new LRUCache<Operation, true>({
    maxSize: compiledBytesMax,
    sizeCalculation: (_, { document }) => compiledBytes + compiledBytesPerToken * tokensOf(document),
    dispose: (_, operation) => {
      operation.compiled = undefined
      operation.hits = 0
    },
  })

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly plans: JsonPlans,
    { suggestions = true, answerBytesMax = Infinity }: Options = {},
  ) {
    this.suggestions = suggestions
    this.answerBytesMax = answerBytesMax
  }

  /** Returns undefined if the document has no such operation. */
  prepare(document: DocumentNode, operationName: string | null | undefined): Operation | undefined {
    let operations = this.byDocument.get(document)
    if (!operations) this.byDocument.set(document, (operations = new Map()))
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
      plan: undefined,
    }
    operations.set(key, operation)
    return operation
  }

  /** Returns the errors of the variables, or the variables. */
  inputsOf({ node }: Operation, variables: Variables | null | undefined): Inputs | readonly GraphQLError[] {
    const given = variables ?? {}
    if (!node.variableDefinitions?.length) return { given, coerced: noVariables }
    const { errors, coerced } = getVariableValues(this.schema, node.variableDefinitions, given, { maxErrors: 50 })
    return errors ? errors.map((error) => asBadInput(error, this.suggestions)) : { given, coerced }
  }

  execute(
    operation: Operation,
    { given }: Inputs,
    contextValue: unknown,
    rootValue?: unknown,
  ): ExecutionResult | Promise<ExecutionResult> {
    const result = this.ownExecute(operation, given, contextValue, rootValue)
    return result instanceof Promise ? result.then((late) => this.limit(late)) : this.limit(result)
  }

  /** Returns the same answer as text. */
  answer(
    operation: Operation,
    inputs: Inputs,
    contextValue: unknown,
    rootValue?: unknown,
  ): JsonResult | Promise<JsonResult> {
    operation.plan ??= this.plans.plan(operation.document, operation.node) ?? 'none'
    const byExecution = () => {
      const result = this.execute(operation, inputs, contextValue, rootValue)
      return result instanceof Promise ? result.then(toText) : toText(result)
    }
    const finish = (answer: JsonResult | undefined) => (answer ? this.limitText(answer) : byExecution())
    if (operation.plan === 'none') return byExecution()
    const planned = operation.plan.run(inputs.coerced, contextValue, rootValue)
    return planned instanceof Promise ? planned.then(finish) : finish(planned)
  }

  private ownExecute(
    operation: Operation,
    given: Variables,
    contextValue: unknown,
    rootValue: unknown,
  ): ExecutionResult | Promise<ExecutionResult> {
    const compiled = this.compile(operation)
    if (compiled) {
      const result = compiled.query(rootValue, contextValue, given)
      return result instanceof Promise ? result.then(withUsualErrors) : withUsualErrors(result)
    }
    const { document, name: operationName } = operation
    const schema = this.schema
    return execute({ schema, document, operationName, variableValues: given, contextValue, rootValue }) as
      | ExecutionResult
      | Promise<ExecutionResult>
  }

  /**
   * Returns the answer, or an error if it is too long. A mutation has been executed in that case; its answers are
   * short.
   */
  private limit(result: ExecutionResult): ExecutionResult {
    try {
      checkSize(result.data, this.answerBytesMax)
      if (result.errors) checkErrorSizes(result.errors, this.answerBytesMax)
      return result
    } catch (error) {
      if (!(error instanceof AnswerTooLong)) throw error
      return tooLong(this.answerBytesMax)
    }
  }

  private limitText(answer: JsonResult): JsonResult {
    const { data = '', errors } = answer
    const bytesMax = this.answerBytesMax
    // At most three bytes per character.
    const isLong = data.length * 3 > bytesMax && Buffer.byteLength(data) > bytesMax
    if (isLong) return tooLong(bytesMax)
    try {
      if (errors) checkErrorSizes(errors, bytesMax)
      return answer
    } catch (error) {
      if (!(error instanceof AnswerTooLong)) throw error
      return tooLong(bytesMax)
    }
  }

  private compile(operation: Operation): CompiledQuery | undefined {
    if (tokensOf(operation.document) > compileTokensMax) return undefined
    if (operation.compiled === undefined && ++operation.hits > compileAfterHits) {
      const compiled = compileQuery(this.schema, operation.document, operation.name)
      operation.compiled = isCompiledQuery(compiled) ? compiled : 'cannot'
      this.compiled.set(operation, true)
    }
    if (operation.compiled === undefined || operation.compiled === 'cannot') return undefined
    this.compiled.get(operation)
    return operation.compiled
  }
}

interface Options {
  /** Whether error messages may suggest names of the schema. */
  readonly suggestions?: boolean
  /** Maximum size of an answer, bytes. A longer one is replaced by an error. Default: no limit. */
  readonly answerBytesMax?: number
}

const noVariables: Variables = {}

const tokensOf = ({ tokenCount = 0 }: DocumentNode): number => tokenCount

const toText = ({ data, errors }: ExecutionResult): JsonResult => ({
  data: data === undefined ? undefined : JSON.stringify(data),
  ...(errors && { errors }),
})

/** Errors of graphql-jit lack extensions and toJSON, which Apollo expects. */
function withUsualErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result
  const errors = result.errors.map(({ message, path, locations, originalError }) => {
    const error = new GraphQLError(message, { path, originalError })
    return Object.defineProperty(error, 'locations', { value: locations, enumerable: true })
  })
  return { ...result, errors }
}

function asBadInput(error: GraphQLError, suggestions: boolean): GraphQLError {
  const { nodes, source, positions, path, originalError, extensions } = error
  return new GraphQLError(suggestions ? error.message : withoutSuggestion(error.message), {
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
