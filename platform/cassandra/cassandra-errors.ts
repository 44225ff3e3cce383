import cassandra from 'cassandra-driver'
import { AppError, messageOf } from '../../schema/app-error.ts'

/** Answers that the same request will get again: syntax, unauthorized, invalid, configuration, already exists. */
const fatalCodeMin = 0x2000
const fatalCodeMax = 0x2400

export function unavailable(error: unknown): AppError {
  if (error instanceof AppError) return error
  const message = 'Cassandra did not carry out a request'
  return new AppError('UNAVAILABLE', { message, retriable: !isFatal(error), cause: withReasons(error) })
}

/** The driver's own message quotes the stack of the first node's error and no other node. */
function withReasons(error: unknown): unknown {
  if (!(error instanceof cassandra.errors.NoHostAvailableError)) return error
  const reasons = Object.entries(error.innerErrors ?? {}).map(([node, reason]) => `${node}: ${messageOf(reason)}`)
  if (reasons.length === 0) return error
  return new Error(`no node did: ${reasons.join('; ')}`, { cause: error })
}

function isFatal(error: unknown): boolean {
  if (error instanceof cassandra.errors.AuthenticationError) return true
  if (!(error instanceof cassandra.errors.ResponseError)) return false
  return error.code >= fatalCodeMin && error.code <= fatalCodeMax
}
