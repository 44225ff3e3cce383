/** One part of a refused request: its path, for example `events[2].value`, and the rule it breaks. */
export interface Issue {
  readonly path: string
  readonly message: string
}

interface ErrorDetails {
  /** Default: false. */
  readonly retriable?: boolean
  readonly issues?: readonly Issue[]
  /** How long the server asks to wait before the next try, milliseconds. */
  readonly retryAfterMs?: number
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** Why a request failed: the server refused it, or it could not be reached. */
export class PickstreamError extends Error {
  override readonly name = 'PickstreamError'
  /** The server's `extensions.code`; `UNAVAILABLE` where there was no answer to read. */
  readonly code: string
  /** Whether the same call may succeed later. */
  readonly retriable: boolean
  /** What is wrong, part by part; empty where the server names no part. */
  readonly issues: readonly Issue[]
  readonly retryAfterMs: number | undefined
  /** All that the server says of the error. `PICKS_NOT_FRESH` brings the list it has as `recommendations`. */
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

/** As GraphQL servers answer. */
export interface GraphQLFailure {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** The first error of an answer. `retryAfterMs` comes from the `Retry-After` header. */
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

/** Why a request or connection failed, with the setting that pages of another origin need: browsers tell no cause. */
export function cannotReach(url: string): string {
  const origin = globalThis.location?.origin
  const isForeign = origin !== undefined && new URL(url).origin !== origin
  return `cannot reach ${url}${isForeign ? `; if it runs, its PICKSTREAM_CORS_ORIGINS must contain ${origin}` : ''}`
}
