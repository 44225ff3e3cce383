import { HeaderMap } from '@apollo/server'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { AppError, type Issue } from '../../schema/app-error.ts'
import { cutText } from '../../schema/cut-text.ts'
import { literalPath } from './literal-path.ts'

/** HTTP statuses of errors that reject the whole request. */
const statuses: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
}

/** Codes of Apollo, graphql-js and this server for errors of the client. */
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
 * Converts an error to the form that clients see: a code of the contract, `retriable` in any case, and no internals. An
 * unexpected error is logged, and shown as an internal error without its message. Messages quote the received value,
 * which may contain half of a surrogate pair; it is replaced, because strict parsers reject JSON with such an escape.
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
  logger.error({ err: error }, 'an operation failed with an unexpected error')
  return {
    message: 'internal error',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', retriable: false },
  }
}

/** Apollo sets a status but no code for some errors, such as those of persisted queries. */
function clientCodeOf(error: unknown, { extensions }: GraphQLFormattedError): string | undefined {
  const code = extensions?.code
  if (typeof code === 'string' && clientCodes.has(code)) return code
  if (!(error instanceof GraphQLError) || error.extensions.code !== undefined) return undefined
  const { status = 500 } = (error.extensions.http ?? {}) as { status?: number }
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : undefined
}

/** The errors of an answer, with the HTTP status and headers that they require. */
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

/** Returns the HTTP status of an answer that consists of this error only. */
export const statusOf = (app: AppError): number => statuses[app.code] ?? 400

/** Returns the HTTP headers of such an answer. */
export const headersOf = ({ details }: AppError): [string, string][] =>
  details.retryAfterSeconds === undefined ? [] : [['retry-after', String(details.retryAfterSeconds)]]

/** An error that rejects a whole request, before any resolver runs. Apollo takes the status from it. */
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

/** Fields that hold the rows of the list above them, so their selection is needed once per row of that list. */
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

/** Returns the path of an invalid value in the document. */
function literalIssues(error: unknown, { message, extensions }: GraphQLFormattedError): Issue[] | undefined {
  if (extensions?.code !== 'BAD_USER_INPUT' || !(error instanceof GraphQLError)) return undefined
  const path = literalPath(error)
  return path === undefined ? undefined : [{ path, message }]
}
