import { cannotReach, errorOf, type GraphQLFailure, PickstreamError, unreachable } from './errors.ts'
import type { ServerClock } from './server-clock.ts'

export interface RequestOptions {
  /** Aborts the request; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** A request without an answer after this time rejects with `UNAVAILABLE`. Default: 10,000. */
  readonly timeoutMs?: number
}

export interface HttpOptions {
  readonly url: string
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly fetch: typeof fetch
  readonly clock: ServerClock
}

export const requestTimeoutMs = 10_000
/** Browsers complete a request of at most 64 KiB after its page was closed (`keepalive`). */
const keepaliveBytesMax = 60_000

/**
 * Sends one GraphQL request by POST. Resolves with its data; rejects with a PickstreamError, or the signal's reason.
 */
export async function post<Data>(
  { url, headers, fetch, clock }: HttpOptions,
  query: string,
  variables: object,
  { signal, timeoutMs = requestTimeoutMs }: RequestOptions = {},
): Promise<Data> {
  const body = JSON.stringify({ query, variables })
  signal?.throwIfAborted()
  const ended = new AbortController()
  const abort = (): void => ended.abort()
  const timer = setTimeout(abort, timeoutMs)
  signal?.addEventListener('abort', abort)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(await within(headers(), ended)) },
      body,
      signal: ended.signal,
      keepalive: query.startsWith('mutation') && new TextEncoder().encode(body).length < keepaliveBytesMax,
    })
    clock.note(response.headers.get('date'))
    return dataOf<Data>(response.status, await response.text(), retryAfterOf(response.headers))
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof PickstreamError) throw error
    throw unreachable(ended.signal.aborted ? `no answer within ${timeoutMs} ms` : cannotReach(url), error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** Resolves with the value, or rejects when the controller aborts first. */
function within<T>(value: Promise<T>, { signal }: AbortController): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    value.then(resolve, reject)
  })
}

function dataOf<Data>(status: number, text: string, retryAfterMs: number | undefined): Data {
  let answer: { data?: Data | null; errors?: readonly GraphQLFailure[] } | undefined
  try {
    answer = JSON.parse(text)
  } catch (error) {
    throw unreachable(`expected JSON, got status ${status}: ${text.slice(0, 100)}`, error) // a proxy's own page
  }
  if (answer?.errors && answer.errors.length > 0) throw errorOf(answer.errors, retryAfterMs)
  if (answer?.data === undefined || answer.data === null) throw unreachable(`status ${status} without data`)
  return answer.data
}

/** Returns `Retry-After` in ms. The server sends seconds; the form with a date is ignored. */
export function retryAfterOf(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isNaN(seconds) ? undefined : seconds * 1000
}
