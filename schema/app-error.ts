/** Codes a client may see in errors[].extensions.code (beside Apollo's own). */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'PICKS_NOT_FRESH'
  | 'UNAVAILABLE'

export interface Issue {
  /** Where in the input, for example `events[3].timestamp`. */
  readonly path: string
  /** The rule and the value received. */
  readonly message: string
}

interface AppErrorOptions {
  readonly message: string
  /** Whether the very same call may succeed later. */
  readonly retriable?: boolean
  readonly issues?: readonly Issue[]
  /** More for extensions, where the contract names it. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The one error class of the project. How GraphQL shows it is decided in server/graphql/errors.ts alone. */
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

/** For a `catch`: what went wrong, in words, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
