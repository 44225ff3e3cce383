/** One invalid part of a request: its path, for example `events[2].value`, and the rule that it violates. */
export interface Issue {
  readonly path: string
  readonly message: string
}

interface ErrorDetails {
  /** Default: false. */
  readonly retriable?: boolean
  readonly issues?: readonly Issue[]
  /** Minimum wait before a retry that the server requests (`Retry-After`), ms. Default: none. */
  readonly retryAfterMs?: number
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** Error of a request that the server rejected, or that did not reach it. */
export class PickstreamError extends Error {
  override readonly name = 'PickstreamError'
  /** The server's `extensions.code`; `UNAVAILABLE` if there was no answer, or one that is not GraphQL. */
  readonly code: string
  /** Whether the same call may succeed later. */
  readonly retriable: boolean
  /** The invalid parts of the request; empty if the server names none. */
  readonly issues: readonly Issue[]
  readonly retryAfterMs: number | undefined
  /** The server's `extensions` of the error. With `PICKS_NOT_FRESH`, `recommendations` is the server's present list. */
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.retriable = details.retriable ?? false
    this.issues = details.issues ?? []
    this.retryAfterMs = details.retryAfterMs
    this.extensions = details.extensions ?? {}
  }
}

/** An error in the answer of a GraphQL server. */
export interface GraphQLFailure {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** Converts the first error of an answer. @param retryAfterMs from the `Retry-After` header */
export function errorOf([first]: readonly GraphQLFailure[], retryAfterMs?: number): PickstreamError {
  const extensions = first?.extensions ?? {}
  return new PickstreamError(String(extensions.code ?? 'UNKNOWN'), first?.message ?? 'an error without a message', {
    retriable: extensions.retriable === true,
    issues: Array.isArray(extensions.issues) ? (extensions.issues as Issue[]) : [],
    retryAfterMs,
    extensions,
  })
}

export const unreachable = (message: string, cause?: unknown): PickstreamError =>
  new PickstreamError('UNAVAILABLE', message, { retriable: true, cause })

/**
 * Returns a message for a failed request or connection, with the setting that pages of another origin need: browsers
 * do not reveal the cause.
 */
export function cannotReach(url: string): string {
  const origin = globalThis.location?.origin
  const isForeign = origin !== undefined && new URL(url).origin !== origin
  return `cannot reach ${url}${isForeign ? `; if it runs, its PICKSTREAM_CORS_ORIGINS must contain ${origin}` : ''}`
}
