import cassandra from 'cassandra-driver'
import { AppError, messageOf } from '../../schema/app-error.ts'

/** Answers that the same request will get again: syntax, unauthorized, invalid, configuration, already exists. */
const fatalCodeMin = 0x2000
const fatalCodeMax = 0x2400

export function unavailable(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('UNAVAILABLE', {
    message: `Cassandra: ${messageOf(error)}`,
    retriable: !isFatal(error),
    cause: error,
  })
}

function isFatal(error: unknown): boolean {
  if (error instanceof cassandra.errors.AuthenticationError) return true
  if (!(error instanceof cassandra.errors.ResponseError)) return false
  return error.code >= fatalCodeMin && error.code <= fatalCodeMax
}
