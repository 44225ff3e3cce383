import type { ExecutionResult, GraphQLError } from 'graphql'
import { AppError } from '../../schema/app-error.ts'
import { appErrorOf, asGraphQLError } from './errors.ts'

/** Thrown when an answer that is being written exceeds the limit. */
export class AnswerTooLong extends Error {}

/**
 * Counts the minimum number of bytes that a value takes as JSON, and stops at the limit. The value may refer to one
 * text thousands of times, so that writing it first would not fit into memory.
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

/** Checks the data in errors, for example the list of PICKS_NOT_FRESH. @throws AnswerTooLong */
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
