import cassandra from 'cassandra-driver'
import { AppError, messageOf } from '../../schema/app-error.ts'

/** Error codes that a retry does not change: syntax, unauthorized, invalid, configuration, already exists. */
const fatalCodeMin = 0x2000
const fatalCodeMax = 0x2400

/** Returns an AppError UNAVAILABLE with the error as its cause; an AppError is returned unchanged. */
export function unavailable(error: unknown): AppError {
  if (error instanceof AppError) return error
  const message = 'Cassandra: a request failed'
  return new AppError('UNAVAILABLE', { message, retriable: !isFatal(error), cause: withReasons(error) })
}

/** Names the reason of every node: the message of the driver contains the stack of the first node's error only. */
function withReasons(error: unknown): unknown {
  if (!(error instanceof cassandra.errors.NoHostAvailableError)) return error
  const reasons = Object.entries(error.innerErrors ?? {}).map(([node, reason]) => `${node}: ${messageOf(reason)}`)
  if (reasons.length === 0) return error
  return new Error(`no node answered: ${reasons.join('; ')}`, { cause: error })
}

function isFatal(error: unknown): boolean {
  if (error instanceof cassandra.errors.AuthenticationError) return true
  if (!(error instanceof cassandra.errors.ResponseError)) return false
  return error.code >= fatalCodeMin && error.code <= fatalCodeMax
}
