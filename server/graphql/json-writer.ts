import {
  type FieldNode,
  type GraphQLEnumType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  type GraphQLSchema,
  GraphQLUnionType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type SelectionSetNode,
} from 'graphql'
import { AnswerTooLong } from './answer-size.ts'
import type { JsonFragmentCache } from './json-fragment-cache.ts'
import { type Fragments, selectFields } from './selected-fields.ts'

/** Writes a value as JSON. @throws NotPlain where the value needs GraphQL's own execution: an error, or a promise; AnswerTooLong */
export type JsonWriter = (value: unknown) => string

/** Thrown for a value or selection that cannot be written from plain data. */
export class UnsupportedValue extends Error {}

export interface WriteContext {
  readonly schema: GraphQLSchema
  readonly fragments: Fragments
  readonly fragmentCache: JsonFragmentCache
  /** Types whose objects are immutable. */
  readonly immutableTypes: ReadonlySet<string>
  /** Length of a list as text, above which writing fails with AnswerTooLong. */
  readonly charactersMax: number
}

/**
 * Returns a writer for the selection of the nodes on a type. @throws NotPlain if a field below has a resolver or
 * arguments
 */
export function writerOf(type: GraphQLOutputType, nodes: readonly FieldNode[], context: WriteContext): JsonWriter {
  if (isNonNullType(type)) return writerOfSome(type.ofType, nodes, context)
  const write = writerOfSome(type, nodes, context)
  return (value) => (value === null || value === undefined ? 'null' : write(value))
}

function writerOfSome(type: GraphQLOutputType, nodes: readonly FieldNode[], context: WriteContext): JsonWriter {
  if (isListType(type)) return listWriter(writerOf(type.ofType, nodes, context), context.charactersMax)
  if (isScalarType(type)) return scalarWriter(type)
  if (isEnumType(type)) return enumWriter(type)
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  if (isObjectType(type)) return objectWriter(type, sets, context)
  if (type instanceof GraphQLUnionType) return unionWriter(type, sets, context)
  throw new UnsupportedValue(`an interface: ${String(type)}`)
}

function listWriter(write: JsonWriter, charactersMax: number): JsonWriter {
  return (values) => {
    if (!Array.isArray(values)) throw new UnsupportedValue('not an array')
    if (values.length === 0) return '[]'
    let text = `[${write(values[0])}`
    for (let n = 1; n < values.length; n++) {
      text += `,${write(values[n])}`
      if (text.length > charactersMax) throw new AnswerTooLong()
    }
    return `${text}]`
  }
}

function objectWriter(type: GraphQLObjectType, sets: readonly SelectionSetNode[], context: WriteContext): JsonWriter {
  const fields = type.getFields()
  const parts: { before: string; name: string; write: JsonWriter }[] = []
  let before = '{'
  for (const [key, nodes] of selectFields(context.schema, type, sets, context.fragments)) {
    const name = nodes[0]!.name.value
    before += `${JSON.stringify(key)}:`
    if (name === '__typename') {
      before += `${JSON.stringify(type.name)},`
      continue
    }
    const field = fields[name]!
    if (field.resolve || field.args.length > 0) throw new UnsupportedValue(`${type.name}.${name} has a resolver`)
    parts.push({ before, name, write: writerOf(field.type, nodes, context) })
    before = ','
  }
  const after = parts.length > 0 && before === ',' ? '}' : `${before.slice(0, -1)}}`
  const write = (value: object) => {
    if ('then' in value) throw new UnsupportedValue('a promise')
    let text = ''
    for (const part of parts) text += part.before + part.write((value as Record<string, unknown>)[part.name])
    return text + after
  }
  const kept = context.immutableTypes.has(type.name) ? context.fragmentCache.memoize(write) : write
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new UnsupportedValue('not an object')
    return kept(value)
  }
}

/** Members are distinguished by their classes, so the type of a class is looked up once. */
function unionWriter(union: GraphQLUnionType, sets: readonly SelectionSetNode[], context: WriteContext): JsonWriter {
  const writers = new Map(union.getTypes().map((type) => [type.name, objectWriter(type, sets, context)]))
  const byClass = new Map<unknown, JsonWriter>()
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new UnsupportedValue('not an object')
    let write = byClass.get(value.constructor)
    if (!write) {
      const name = union.resolveType?.(value, undefined, undefined as never, union)
      write = typeof name === 'string' ? writers.get(name) : undefined
      if (!write) throw new UnsupportedValue(`no type of ${union.name}`)
      byClass.set(value.constructor, write)
    }
    return write(value)
  }
}

function scalarWriter(type: GraphQLScalarType): JsonWriter {
  switch (type.name) {
    case 'String':
    case 'ID':
      return (value) => {
        if (typeof value !== 'string') throw new UnsupportedValue('not a string')
        return JSON.stringify(value)
      }
    case 'Int':
      return (value) => {
        if (typeof value !== 'number' || (value | 0) !== value) throw new UnsupportedValue('not an integer of 32 bits')
        return `${value}`
      }
    case 'Float':
      return (value) => {
        if (typeof value !== 'number' || !Number.isFinite(value)) throw new UnsupportedValue('not a finite number')
        return `${value}`
      }
    case 'Boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw new UnsupportedValue('not a boolean')
        return value ? 'true' : 'false'
      }
    default:
      return (value) => serialized(type, value)
  }
}

function enumWriter(type: GraphQLEnumType): JsonWriter {
  const texts = new Map(type.getValues().map(({ name, value }) => [value, JSON.stringify(name)]))
  return (value) => {
    const text = texts.get(value)
    if (text === undefined) throw new UnsupportedValue(`no value of ${type.name}`)
    return text
  }
}

function serialized(type: GraphQLScalarType, value: unknown): string {
  if (typeof value === 'object' && value !== null) throw new UnsupportedValue('not a plain value')
  try {
    return JSON.stringify(type.serialize(value))
  } catch (cause) {
    throw new UnsupportedValue(`no ${type.name}`, { cause })
  }
}
