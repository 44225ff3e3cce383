import { STATUS_CODES } from 'node:http'
import type { GraphQLError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { AppError, type Issue } from '../../schema/app-error.ts'
import { appErrorOf, asGraphQLError, formatErrors, headersOf, statusOf } from '../graphql/errors.ts'

export const problemType = 'application/problem+json; charset=utf-8'

/** Problem details of RFC 9457, with the code of the API as extension members. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly retriable: boolean
  readonly issues?: readonly Issue[]
}

interface ProblemAnswer {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
}

/** HTTP statuses of codes that in GraphQL are errors of one field, with status 200. */
const statuses: Readonly<Record<string, number>> = {
  NOT_FOUND: 404,
  PICKS_NOT_FRESH: 409,
  INTERNAL_SERVER_ERROR: 500,
}

/** The problem of a failed request: that of its first error, with the issues of all. */
export function problemOfErrors(errors: readonly GraphQLError[], logger: Logger): ProblemAnswer {
  const { formatted } = formatErrors(errors, logger)
  const { message, extensions } = formatted[0]!
  const { code, retriable, ...details } = extensions as { code: string; retriable: boolean; issues?: Issue[] }
  const issues = formatted.flatMap((error) => (error.extensions?.issues as Issue[] | undefined) ?? [])
  const app = appErrorOf(errors[0])
  // Messages of graphql-js name variables, which a REST client does not know; the issue has the path instead.
  const detail = app || !issues[0] ? message : `${issues[0].path}: ${issues[0].message}`
  const status = statuses[code] ?? (app ? statusOf(app) : 400)
  return {
    problem: problem(status, { detail, code, retriable, ...details, ...(issues.length > 0 && { issues }) }),
    headers: app ? Object.fromEntries(headersOf(app)) : {},
  }
}

export const problemOf = (error: AppError, logger: Logger): ProblemAnswer =>
  problemOfErrors([asGraphQLError(error)], logger)

export function problem(status: number, members: Omit<Problem, 'type' | 'title' | 'status'>): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, ...members }
}
