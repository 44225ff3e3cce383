import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  isScalarType,
  isUnionType,
} from 'graphql'
import type { RestOperation, RestParameter } from './rest-operation.ts'
import { discriminator, selectedFields } from './selection.ts'

type Json = Readonly<Record<string, unknown>>

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const scalars: Readonly<Record<string, Json>> = {
  ID: { type: 'string' },
  String: { type: 'string' },
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number', format: 'double' },
  Boolean: { type: 'boolean' },
  DateTime: { type: 'string', format: 'date-time' },
}

/** HTTP statuses of the problems that any route may answer with. */
const problemStatuses: Readonly<Record<number, string>> = {
  400: 'Invalid input: `issues` has the path and the rule of each value.',
  401: 'No valid token or API key, where access is configured.',
  403: 'The client is known but may not do this, for example read the list of another user.',
  429: 'Too many requests; `retry-after` says for how many seconds.',
  500: 'Internal error; the log of the server has the cause.',
  503: 'The log, the store or the workers cannot be reached, or the server is stopping. Retry.',
}
const notFound = { 404: 'Nothing has this id.' }
const notFresh = { 409: 'The list does not include the events of `after` within `timeoutMs`. Retry.' }
const ofBodies = {
  413: 'The body is longer than PICKSTREAM_LIMIT_BODY_KB.',
  415: 'The body is not application/json.',
}

const problemSchema: Json = {
  description: 'Problem details (RFC 9457).',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'retriable'],
  properties: {
    type: { type: 'string', description: 'about:blank: `code` tells the kind of problem.' },
    title: { type: 'string', description: 'Name of the HTTP status.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'The rule that was broken and the value received.' },
    code: { type: 'string', description: 'Error code: BAD_USER_INPUT, NOT_FOUND, RATE_LIMITED, …' },
    retriable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    issues: { type: 'array', items: ref('Issue') },
  },
}
const issueSchema: Json = {
  type: 'object',
  required: ['path', 'message'],
  properties: {
    path: { type: 'string', description: 'Where in the input, for example `events[3].timestamp`.' },
    message: { type: 'string', description: 'The rule and the value received.' },
  },
}

/** Version of the routes under /v1, as semantic versioning. */
const apiVersion = '1.0.0'

/** Generates the OpenAPI 3.1 document of the routes. Types, defaults and descriptions come from the GraphQL schema. */
export function openApiOf(operations: readonly RestOperation[]): Json {
  const schemas = new Map<string, Json>([
    ['Problem', problemSchema],
    ['Issue', issueSchema],
  ])
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const { path, method } = operation.route
    const methods = (paths[path] ??= {})
    methods[method.toLowerCase()] = operationObject(operation, schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pickstream',
      version: apiVersion,
      description: 'Real-time recommendations over REST. Every route executes the corresponding GraphQL field.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: "A shopper's token (JWT), or an API key." },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

function operationObject({ route, field, parameters }: RestOperation, schemas: Map<string, Json>): Json {
  const inBody = parameters.filter((parameter) => parameter.in === 'body')
  const others = parameters.filter((parameter) => parameter.in !== 'body')
  const answer = outputSchema(field.type, schemas, true)
  const statuses = {
    ...problemStatuses,
    ...(!isNonNullType(field.type) && notFound),
    ...(parameters.some(({ name }) => name === 'timeoutMs') && notFresh),
    ...(inBody.length > 0 && ofBodies),
  }
  const problems = Object.entries(statuses).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: ref('Problem') } } },
  ])
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: route.summary,
    ...(field.description && { description: field.description }),
    ...(others.length > 0 && { parameters: others.map((parameter) => parameterObject(parameter, schemas)) }),
    ...(inBody.length > 0 && {
      requestBody: {
        required: inBody.some(({ required }) => required),
        content: { 'application/json': { schema: bodySchema(inBody, schemas) } },
      },
    }),
    responses: {
      200: {
        description: 'The answer.',
        content: {
          'application/json': {
            schema: route.as === undefined ? answer : objectSchema({ [route.as]: answer }, [route.as]),
          },
        },
      },
      ...Object.fromEntries(problems),
    },
  }
}

function parameterObject(
  { name, in: place, input, isOnlyElement, required }: RestParameter,
  schemas: Map<string, Json>,
): Json {
  const type = getNullableType(input.type)
  return {
    name,
    in: place,
    required,
    ...(input.description && { description: input.description }),
    schema: withDefault(inputSchema(isOnlyElement && isListType(type) ? type.ofType : type, schemas, true), input),
  }
}

function bodySchema(parameters: readonly RestParameter[], schemas: Map<string, Json>): Json {
  const properties = parameters.map(({ name, input }) => [name, propertyOf(input, schemas)])
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name)
  return { ...objectSchema(Object.fromEntries(properties), required), additionalProperties: false }
}

const objectSchema = (properties: Json, required: readonly string[]): Json => ({
  type: 'object',
  ...(required.length > 0 && { required }),
  properties,
})

const propertyOf = (input: RestParameter['input'], schemas: Map<string, Json>): Json =>
  withDefault(described(inputSchema(input.type, schemas), input.description), input)

/**
 * Only scalar defaults: an empty list or object means the same as leaving the value out, and code generators fail on
 * it.
 */
function withDefault(schema: Json, { defaultValue }: RestParameter['input']): Json {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof defaultValue)
  return isPlain ? { ...schema, default: defaultValue } : schema
}

const described = (schema: Json, description: string | null | undefined): Json =>
  description ? { ...schema, description } : schema

function nullable(schema: Json): Json {
  if (typeof schema.type === 'string' && schema.enum === undefined) return { ...schema, type: [schema.type, 'null'] }
  return { anyOf: [schema, { type: 'null' }] }
}

/** @param isGiven whether the value cannot be null; values of a query string never are */
function inputSchema(type: GraphQLInputType, schemas: Map<string, Json>, isGiven = false): Json {
  if (isNonNullType(type)) return inputSchema(type.ofType, schemas, true)
  if (!isGiven) return nullable(inputSchema(type, schemas, true))
  if (isListType(type)) return { type: 'array', items: inputSchema(type.ofType, schemas) }
  return namedSchema(type, schemas, () => {
    if (!isInputObjectType(type)) return {}
    const fields = Object.values(type.getFields())
    const properties = fields.map((field) => [field.name, propertyOf(field, schemas)])
    const required = fields.filter(isRequiredInputField).map(({ name }) => name)
    return { ...objectSchema(Object.fromEntries(properties), required), additionalProperties: false }
  })
}

/** @param isGiven whether null is answered as 404 */
function outputSchema(type: GraphQLOutputType, schemas: Map<string, Json>, isGiven = false): Json {
  if (isNonNullType(type)) return outputSchema(type.ofType, schemas, true)
  if (!isGiven) return nullable(outputSchema(type, schemas, true))
  if (isListType(type)) return { type: 'array', items: outputSchema(type.ofType, schemas) }
  return namedSchema(type, schemas, () => {
    if (isUnionType(type)) return unionSchema(type.getTypes(), schemas)
    return isObjectType(type) ? selectedSchema(type, schemas) : {}
  })
}

function selectedSchema(
  type: Parameters<typeof selectedFields>[0],
  schemas: Map<string, Json>,
  extra: Json = {},
): Json {
  const fields = selectedFields(type)
  const properties = fields.map((field) => [
    field.name,
    described(outputSchema(field.type, schemas), field.description),
  ])
  const names = [...Object.keys(extra), ...fields.map(({ name }) => name)]
  return objectSchema({ ...extra, ...Object.fromEntries(properties) }, names)
}

function unionSchema(members: readonly Parameters<typeof selectedFields>[0][], schemas: Map<string, Json>): Json {
  for (const member of members) {
    const tag = { [discriminator]: { type: 'string', const: member.name } }
    schemas.set(member.name, described(selectedSchema(member, schemas, tag), member.description))
  }
  const mapping = Object.fromEntries(members.map(({ name }) => [name, `#/components/schemas/${name}`]))
  return {
    oneOf: members.map(({ name }) => ref(name)),
    discriminator: { propertyName: discriminator, mapping },
  }
}

/** A reference to the component of a type, which is generated on first use. */
function namedSchema(type: GraphQLNamedType, schemas: Map<string, Json>, build: () => Json): Json {
  if (isScalarType(type)) {
    const scalar = scalars[type.name]
    if (!scalar) throw new Error(`REST: scalar ${type.name} has no OpenAPI type`)
    return scalar
  }
  if (!schemas.has(type.name)) {
    schemas.set(type.name, {}) // a type that contains itself refers to this component
    const values = isEnumType(type) ? { type: 'string', enum: type.getValues().map(({ name }) => name) } : build()
    schemas.set(type.name, described(values, type.description))
  }
  return ref(type.name)
}
