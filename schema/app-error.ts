/** Codes that a client may receive in errors[].extensions.code, in addition to Apollo's own. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'PICKS_NOT_FRESH'
  | 'UNAVAILABLE'

export interface Issue {
  /** Path in the input, for example `events[3].timestamp`. */
  readonly path: string
  /** The rule and the value received. */
  readonly message: string
}

interface AppErrorOptions {
  /** Clients see it: it must not contain addresses, paths or messages of libraries. These belong in `cause`. */
  readonly message: string
  /** Whether the same call may succeed later. */
  readonly retriable?: boolean
  readonly issues?: readonly Issue[]
  /** Further fields of extensions that the API defines. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The only error class of the project. server/graphql/errors.ts converts it to GraphQL errors. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly retriable: boolean
  readonly issues: readonly Issue[]
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, { message, retriable, issues = [], details = {}, cause }: AppErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retriable = retriable ?? (code === 'UNAVAILABLE' || code === 'RATE_LIMITED' || code === 'PICKS_NOT_FRESH')
    this.issues = issues
    this.details = details
  }
}

/** Returns a message for any thrown value, for operators: that of an AppError is followed by those of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!(error instanceof AppError) || error.cause === undefined) return error.message
  return `${error.message}: ${messageOf(error.cause)}`
}
