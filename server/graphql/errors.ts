import { HeaderMap } from '@apollo/server'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { AppError, type Issue } from '../../schema/app-error.ts'
import { cutText } from '../../schema/cut-text.ts'
import { literalPath } from './literal-path.ts'

/** The statuses of refusals that stand for the whole request. */
const statuses: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
}

/** Codes that Apollo, graphql-js and this server give to what the client did wrong. */
const clientCodes = new Set([
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_ONLY',
])

/**
 * An error as clients see it: the codes of the contract, `retriable` always, and nothing internal. An unexpected
 * error is logged, and shown as an internal error without its message. Messages quote what was received, which may hold half
 * of a surrogate pair; JSON with such an escape is refused by strict parsers.
 */
export function formatError(error: unknown, formatted: GraphQLFormattedError, logger: Logger): GraphQLFormattedError {
  const { locations, path } = formatted
  const place = { ...(locations && { locations }), ...(path && { path }) }
  const app = appErrorOf(error)
  if (app) return { message: app.message.toWellFormed(), ...place, extensions: extensionsOf(app) }
  const code = clientCodeOf(error, formatted)
  if (code !== undefined) {
    const issues = formatted.extensions?.issues ?? issuesOf(formatted.message) ?? literalIssues(error, formatted)
    const message = formatted.message.toWellFormed()
    return { message, ...place, extensions: { code, retriable: false, ...(issues && { issues }) } }
  }
  logger.error({ err: error }, 'an operation failed')
  return {
    message: 'internal error',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', retriable: false },
  }
}

/** Apollo gives some refusals, such as those of persisted queries, a status and no code. */
function clientCodeOf(error: unknown, { extensions }: GraphQLFormattedError): string | undefined {
  const code = extensions?.code
  if (typeof code === 'string' && clientCodes.has(code)) return code
  if (!(error instanceof GraphQLError) || error.extensions.code !== undefined) return undefined
  const { status = 500 } = (error.extensions.http ?? {}) as { status?: number }
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : undefined
}

/** The errors of an answer, and the HTTP status and headers that they ask for. */
export function formatErrors(
  errors: readonly GraphQLError[],
  logger: Logger,
): { formatted: GraphQLFormattedError[]; status: number | undefined; headers: Readonly<Record<string, string>> } {
  let status: number | undefined
  const headers: Record<string, string> = {}
  const formatted = errors.map((error) => {
    const { http } = error.extensions as { http?: { status?: number; headers?: Iterable<[string, string]> } }
    status = http?.status ?? status
    for (const [name, value] of http?.headers ?? []) headers[name] = value
    return formatError(error, error.toJSON(), logger)
  })
  return { formatted, status, headers }
}

/** The HTTP status of an answer that consists of this refusal alone. */
export const statusOf = (app: AppError): number => statuses[app.code] ?? 400

/** The HTTP headers of such an answer. */
export const headersOf = ({ details }: AppError): [string, string][] =>
  details.retryAfterSeconds === undefined ? [] : [['retry-after', String(details.retryAfterSeconds)]]

/** A refusal of a whole request, before any resolver: Apollo takes the status from it. */
export function asGraphQLError(app: AppError): GraphQLError {
  return new GraphQLError(app.message, {
    originalError: app,
    extensions: { ...extensionsOf(app), http: { status: statusOf(app), headers: new HeaderMap(headersOf(app)) } },
  })
}

export function appErrorOf(error: unknown): AppError | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    if (at instanceof AppError) return at
    at = at instanceof GraphQLError ? at.originalError : (at.cause ?? (at as { originalError?: unknown }).originalError)
  }
  return undefined
}

const extensionsOf = ({ code, retriable, issues, details }: AppError): Record<string, unknown> => ({
  ...details,
  code,
  retriable,
  ...(issues.length > 0 && { issues: issues.map(wellFormed) }),
})

const wellFormed = ({ path, message }: Issue): Issue => ({ path: path.toWellFormed(), message: message.toWellFormed() })

/** graphql-js says in words where a variable is wrong; the contract wants it as a path. */
export function issuesOf(message: string): Issue[] | undefined {
  const match = /^Variable "\$(\w+)" (?:got invalid value|has invalid value) (.*?)(?: at "([^"]+)")?; (.*)$/s.exec(
    message,
  )
  if (match) {
    const [, variable, received, path, rule] = match
    const message = rule!.includes(', got ') ? rule! : `${rule} (got ${cutText(received!, 80)})`
    return [{ path: path ?? variable!, message }]
  }
  const missing = /^Variable "\$(\w+)" of required type "([^"]+)" was not provided\.$/.exec(message)
  return missing ? [{ path: missing[1]!, message: `expected ${missing[2]}, got nothing` }] : undefined
}

/** The same of a value that stands in the document. */
function literalIssues(error: unknown, { message, extensions }: GraphQLFormattedError): Issue[] | undefined {
  if (extensions?.code !== 'BAD_USER_INPUT' || !(error instanceof GraphQLError)) return undefined
  const path = literalPath(error)
  return path === undefined ? undefined : [{ path, message }]
}
