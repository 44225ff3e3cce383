import type { ExecutionResult, GraphQLError } from 'graphql'
import { AppError } from '../../schema/app-error.ts'
import { appErrorOf, asGraphQLError } from './errors.ts'

/** Thrown while an answer is written that has become too long. */
export class AnswerTooLong extends Error {}

/**
 * Counts the bytes that a value takes as JSON at least, and stops at the limit: the value may be a tree that names one text
 * thousands of times and would not fit into memory when written.
 * @throws AnswerTooLong
 */
export function checkSize(value: unknown, bytesMax: number): void {
  let bytes = 0
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === 'string') bytes += Buffer.byteLength(next) + 2
    else if (typeof next === 'object' && next !== null) {
      if (Array.isArray(next)) for (const one of next) waiting.push(one)
      else {
        for (const key in next) {
          bytes += key.length + 3
          waiting.push((next as Record<string, unknown>)[key])
        }
      }
      bytes += 2
    } else bytes += 4
    if (bytes > bytesMax) throw new AnswerTooLong()
  }
}

/** Errors may carry data of their own: the list that is not fresh. @throws AnswerTooLong */
export function checkErrorSizes(errors: readonly GraphQLError[], bytesMax: number): void {
  checkSize(
    errors.map((error) => [error.message, appErrorOf(error)?.details]),
    bytesMax,
  )
}

export const tooLong = (bytesMax: number): Required<Pick<ExecutionResult, 'errors'>> & { data: undefined } => {
  const message = `expected an answer of at most ${bytesMax} bytes; ask for fewer rows, fields or aliases`
  const error = new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'query', message }] })
  return { data: undefined, errors: [asGraphQLError(error)] }
}
