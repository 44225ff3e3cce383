import {
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  isNonNullType,
  locatedError,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import { AnswerTooLong, tooLong } from './answer-size.ts'
import { JsonFragmentCache } from './json-fragment-cache.ts'
import { type JsonWriter, UnsupportedValue, type WriteContext, writerOf } from './json-writer.ts'
import { fragmentsOf, selectFields } from './selected-fields.ts'
import { resolveFromSource } from './source-subscriptions.ts'

/** An answer whose data is JSON text. */
export interface JsonResult {
  /** undefined: nothing was executed. */
  readonly data: string | undefined
  readonly errors?: readonly GraphQLError[]
}

/** A compiled operation that writes the answer. */
export interface JsonPlan {
  /**
   * @param variables coerced
   * @returns undefined for a value that only GraphQL's own execution can handle
   */
  run(variables: Variables, context: unknown, root: unknown): JsonResult | Promise<JsonResult | undefined> | undefined
}

type Variables = Readonly<Record<string, unknown>>

interface RootField {
  readonly key: string
  readonly nodes: readonly FieldNode[]
  readonly field: GraphQLField<unknown, unknown>
  readonly write: JsonWriter
}

/**
 * Plans the operations of one schema. `unchanging`: types whose objects are immutable, so that their text is cached.
 */
export class JsonPlans {
  private readonly unchanging: ReadonlySet<string>
  private readonly kept = new JsonFragmentCache()

  /** @param charactersMax maximum length of an answer; writing fails soon after it is exceeded */
  constructor(
    private readonly schema: GraphQLSchema,
    unchanging: readonly string[],
    private readonly charactersMax = Infinity,
  ) {
    this.unchanging = new Set(unchanging)
  }

  /**
   * Returns undefined if there is no plan for the operation: for mutations, which run in order, for directives, and for
   * fields below the first level that have resolvers.
   */
  plan(document: DocumentNode, operation: OperationDefinitionNode): JsonPlan | undefined {
    const type = this.schema.getRootType(operation.operation)
    if (operation.operation === 'mutation' || !type || hasDirectives(document)) return undefined
    const fragments = fragmentsOf(document)
    const charactersMax = this.charactersMax
    const context = {
      schema: this.schema,
      fragments,
      fragmentCache: this.kept,
      immutableTypes: this.unchanging,
      charactersMax,
    }
    try {
      const selected = selectFields(this.schema, type, [operation.selectionSet], fragments)
      const fields = [...selected].map(([key, nodes]) => rootField(type, key, nodes, context))
      return { run: (variables, contextValue, root) => run(fields, charactersMax, [variables, contextValue, root]) }
    } catch (error) {
      if (error instanceof UnsupportedValue) return undefined
      throw error
    }
  }
}

function hasDirectives(document: DocumentNode): boolean {
  let found = false
  visit(document, {
    Directive() {
      found = true
    },
  })
  return found
}

function rootField(
  type: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
  context: WriteContext,
): RootField {
  const field = type.getFields()[nodes[0]!.name.value]
  if (!field) throw new UnsupportedValue('introspection')
  return { key, nodes, field, write: writerOf(field.type, nodes, context) }
}

function run(
  fields: readonly RootField[],
  charactersMax: number,
  [variables, context, root]: [variables: Variables, context: unknown, root: unknown],
): ReturnType<JsonPlan['run']> {
  const values = fields.map((field) => resolve(field, variables, context, root))
  if (values.some((value) => value instanceof Promise)) return finishLater(fields, values, charactersMax)
  return finishOrGiveUp(fields, values, charactersMax)
}

async function finishLater(
  fields: readonly RootField[],
  values: readonly unknown[],
  charactersMax: number,
): Promise<JsonResult | undefined> {
  const settled = await Promise.all(
    values.map((value) => (value instanceof Promise ? value.catch((error: unknown) => new Failure(error)) : value)),
  )
  return finishOrGiveUp(fields, settled, charactersMax)
}

function finishOrGiveUp(
  fields: readonly RootField[],
  values: readonly unknown[],
  charactersMax: number,
): JsonResult | undefined {
  try {
    return finish(fields, values, charactersMax)
  } catch (error) {
    if (error instanceof AnswerTooLong) return tooLong(charactersMax)
    if (!(error instanceof UnsupportedValue)) throw error
    return undefined
  }
}

class Failure {
  constructor(readonly error: unknown) {}
}

function resolve({ field, nodes }: RootField, variables: Variables, context: unknown, root: unknown): unknown {
  if (field.resolve === resolveFromSource) return root
  try {
    const args = field.args.length > 0 ? getArgumentValues(field, nodes[0]!, variables) : {}
    if (!field.resolve) return (root as Record<string, unknown> | undefined)?.[field.name]
    // Our resolvers do not use their position in the document.
    return field.resolve(root, args, context, undefined as never)
  } catch (error) {
    return new Failure(error)
  }
}

function finish(fields: readonly RootField[], values: readonly unknown[], charactersMax: number): JsonResult {
  const errors: GraphQLError[] = []
  let isNull = false
  let text = ''
  for (let n = 0; n < fields.length; n++) {
    const { key, nodes, field, write } = fields[n]!
    const value = values[n]
    let written = 'null'
    if (value instanceof Failure) {
      errors.push(locatedError(value.error, nodes, [key]))
      isNull ||= isNonNullType(field.type)
    } else written = write(value)
    text += `${n === 0 ? '' : ','}${JSON.stringify(key)}:${written}`
    if (text.length > charactersMax) throw new AnswerTooLong()
  }
  const data = isNull ? 'null' : `{${text}}`
  return errors.length === 0 ? { data } : { data, errors }
}
