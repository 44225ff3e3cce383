import { type GraphQLInputType, getNamedType, getNullableType, isListType } from 'graphql'
import { AppError, type Issue } from '../../schema/app-error.ts'
import { cutJson } from '../../schema/cut-text.ts'
import type { Variables } from '../graphql/operations.ts'
import type { RestOperation, RestParameter } from './rest-operation.ts'

/** The parts of a request that have parameters. */
export interface RestInput {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  /** Parsed JSON; undefined where there is no body. */
  readonly body: unknown
}

/**
 * The variables of the route's document. Their types are checked when the document is executed. Checked here is what
 * GraphQL does not see: unknown parameters, and text that is not a number or boolean.
 * @throws AppError BAD_USER_INPUT
 */
export function variablesOf({ parameters }: RestOperation, input: RestInput): Variables {
  const issues: Issue[] = []
  const body = bodyOf(input.body, parameters, issues)
  const sources = { path: input.path, query: input.query, body }
  const variables: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const raw = sources[parameter.in][parameter.name]
    if (raw === undefined) continue
    const value = parameter.in === 'body' ? raw : fromText(raw, parameter.input.type, parameter, issues)
    if (parameter.part === undefined) variables[parameter.argument] = value
    else {
      const whole = (variables[parameter.argument] ??= {}) as Record<string, unknown>
      whole[parameter.part] = value
    }
  }
  for (const source of ['query', 'body'] as const) {
    const known = parameters.filter((parameter) => parameter.in === source).map(({ name }) => name)
    for (const name of Object.keys(sources[source])) {
      if (known.includes(name)) continue
      issues.push({ path: name, message: `expected ${oneOf(known)}, got ${JSON.stringify(name.slice(0, 80))}` })
    }
  }
  if (issues.length > 0) {
    throw new AppError('BAD_USER_INPUT', { message: `${issues[0]!.path}: ${issues[0]!.message}`, issues })
  }
  return variables
}

const oneOf = (names: readonly string[]): string =>
  names.length === 0 ? 'no parameters' : `one of ${names.join(', ')}`

function bodyOf(body: unknown, parameters: readonly RestParameter[], issues: Issue[]): Record<string, unknown> {
  const takesBody = parameters.some((parameter) => parameter.in === 'body')
  if (body == null && !takesBody) return {}
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  issues.push({ path: 'body', message: `expected a JSON object, got ${shown(body)}` })
  return {}
}

/** Parses the text of a path or query parameter; a list repeats its name. */
function fromText(
  raw: unknown,
  type: GraphQLInputType,
  { name, isOnlyElement }: RestParameter,
  issues: Issue[],
): unknown {
  const values = (Array.isArray(raw) ? raw : [raw]) as string[]
  const scalar = getNamedType(type).name
  const parsed = values.map((value) => {
    const result = parseScalar(value, scalar)
    if (result === undefined) issues.push({ path: name, message: `expected ${expected[scalar]}, got ${shown(value)}` })
    return result
  })
  if (isListType(getNullableType(type))) return parsed
  if (parsed.length > 1) issues.push({ path: name, message: `expected one value, got ${parsed.length}` })
  return isOnlyElement ? parsed : parsed[0]
}

const expected: Readonly<Record<string, string>> = { Int: 'an integer', Float: 'a number', Boolean: 'true or false' }

function parseScalar(text: string, scalar: string): unknown {
  if (scalar === 'Int') return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
  if (scalar === 'Float') return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
  if (scalar === 'Boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  return text
}

const shown = (value: unknown): string => cutJson(value, 80) ?? 'nothing'
