import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  parse,
  validate,
} from 'graphql'
import type { RestRoute } from './routes.ts'
import { selectionOf } from './selection.ts'

/** One parameter of a route. */
export interface RestParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'body'
  /** Type, default and description. */
  readonly input: GraphQLArgument | GraphQLInputField
  /** The variable of the document that it sets. */
  readonly argument: string
  /** The field of the variable that it sets, where the variable is an input object; undefined: the whole variable. */
  readonly part: string | undefined
  /** Whether the variable is a list with this value as its only element. */
  readonly isOnlyElement: boolean
  readonly required: boolean
}

/** A route with the parameters and the document derived from the schema. */
export interface RestOperation {
  readonly route: RestRoute
  readonly field: GraphQLField<unknown, unknown>
  readonly parameters: readonly RestParameter[]
  readonly document: DocumentNode
}

/** `page` relates the lists of one GraphQL request; a REST request has only one. */
const graphqlOnlyArguments = ['page']

/** Derives the operation of a route. @throws Error where the route contradicts the schema */
export function createRestOperation(schema: GraphQLSchema, route: RestRoute): RestOperation {
  const type = route.kind === 'query' ? schema.getQueryType() : schema.getMutationType()
  const field = type?.getFields()[route.field]
  if (!field) throw new Error(`REST: ${route.name}: expected a field of the schema, got ${route.field}`)
  const isList = isListType(getNullableType(field.type))
  if (isList !== (route.as !== undefined)) throw new Error(`REST: ${route.name} needs \`as\` exactly if it is a list`)
  const given = field.args.filter(({ name }) => !graphqlOnlyArguments.includes(name))
  const parameters = given
    .flatMap((argument) => parametersOf(route, argument))
    .toSorted((a, b) => Number(b.required) - Number(a.required))
  const names = parameters.map(({ name }) => name)
  if (new Set(names).size < names.length) throw new Error(`REST: ${route.name} has two parameters with the same name`)
  for (const name of pathNames(route.path)) {
    if (!names.includes(name)) throw new Error(`REST: ${route.name} has no argument for {${name}} of its path`)
  }
  const document = parse(documentText(route, field, given))
  const errors = validate(schema, document)
  if (errors.length > 0) throw new Error(`REST: ${route.name}: ${errors[0]!.message}`)
  return { route, field, parameters, document }
}

/** The names of the parameters in a path. */
export const pathNames = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)

function documentText(route: RestRoute, field: GraphQLField<unknown, unknown>, given: readonly GraphQLArgument[]) {
  const definitions = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
  const selection = selectionOf(getNamedType(field.type))
  return `${route.kind} ${route.name}${definitions && `(${definitions})`} {
    ${route.as && route.as !== field.name ? `${route.as}: ` : ''}${field.name}${passed && `(${passed})`}${selection} }`
}

function parametersOf(route: RestRoute, argument: GraphQLArgument): RestParameter[] {
  const required = isRequiredArgument(argument)
  const base = { input: argument, argument: argument.name, part: undefined, isOnlyElement: false, required }
  const inPath = pathNames(route.path).find((name) => (route.rename?.[name] ?? name) === argument.name)
  if (inPath) {
    const isOnlyElement = isListType(getNullableType(argument.type))
    return [{ ...base, name: inPath, in: 'path', isOnlyElement, required: true }]
  }
  if (route.method === 'POST' || route.method === 'PUT') return [{ ...base, name: argument.name, in: 'body' }]
  const type = getNullableType(argument.type)
  if (!isInputObjectType(type)) return [{ ...base, name: argument.name, in: 'query' }]
  // A query string has no objects: the fields of a filter are parameters of their own. Deeper objects need POST.
  return Object.values(type.getFields())
    .filter((part) => !isInputObjectType(getNamedType(part.type)))
    .map((part) => ({ ...base, name: part.name, in: 'query', input: part, part: part.name, required: false }))
}
