import { messageOf } from '../../schema/app-error.ts'
import { httpPost } from './http-post.ts'

export interface GraphQLIssue {
  readonly path: string
  readonly message: string
}

/** A request failed: the server returned an error that is not retriable, or did not answer within `retryMsMax`. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: string
  readonly issues: readonly GraphQLIssue[]

  constructor(message: string, code = 'UNAVAILABLE', issues: readonly GraphQLIssue[] = []) {
    super(message)
    this.code = code
    this.issues = issues
  }
}

export interface ClientOptions {
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string
  /**
   * How long retriable failures are retried. Until the server has answered once: at most 10 s, since its address may
   * be wrong.
   */
  readonly retryMsMax: number
  readonly onRetry?: (reason: string, inMs: number) => void
  readonly signal?: AbortSignal
  /** Timeout of one attempt. Default: 60,000. */
  readonly requestMsMax?: number
  /** For tests. Default: by node:http. */
  readonly post?: typeof httpPost
}

export type GraphQLClient = <T>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<T>

const backOffMs = { first: 200, max: 10_000 }
const firstAnswerMsMax = 10_000

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { code?: string; retriable?: boolean; issues?: GraphQLIssue[] }
  }[]
}

/** Returns a client over HTTP. Retriable failures are retried with growing pauses. Rejects with a RequestError. */
export function graphqlClient(options: ClientOptions): GraphQLClient {
  const { url, token, retryMsMax, onRetry, signal, requestMsMax = 60_000, post = httpPost } = options
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }

  let reached = false

  const once = async <T>(body: string): Promise<{ data: T } | { retry: string }> => {
    let answer: Answer<T>
    let status: number
    try {
      const timeout = AbortSignal.timeout(requestMsMax)
      const either = signal ? AbortSignal.any([signal, timeout]) : timeout
      const response = await post({ url, headers, body, signal: either })
      const { text } = response
      status = response.status
      reached = true
      if (!text.startsWith('{')) {
        if (status >= 500 || status === 429) return { retry: `HTTP ${status}` }
        throw new RequestError(`${url} answered HTTP ${status} and no GraphQL`, 'NOT_FOUND')
      }
      answer = JSON.parse(text) as Answer<T>
    } catch (error) {
      if (signal?.aborted || error instanceof RequestError) throw error
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return { retry: messageOf(cause) || (cause as NodeJS.ErrnoException).code || 'no connection' }
    }
    const error = answer.errors?.[0]
    if (error === undefined && answer.data) return { data: answer.data }
    const { code, retriable, issues } = error?.extensions ?? {}
    const message = error?.message ?? `HTTP ${status} without data`
    if (retriable || status === 429 || status === 503) return { retry: message }
    throw new RequestError(message, code, issues)
  }

  return async <T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> => {
    const body = JSON.stringify({ query, variables })
    const started = performance.now()
    for (let pauseMs = backOffMs.first; ; pauseMs = Math.min(pauseMs * 2, backOffMs.max)) {
      const result = await once<T>(body)
      if ('data' in result) return result.data
      const msMax = reached ? retryMsMax : Math.min(retryMsMax, firstAnswerMsMax)
      if (performance.now() - started + pauseMs > msMax) {
        if (reached) throw new RequestError(`${url}: ${result.retry}`)
        throw new RequestError(
          `no server answers at ${url} (${result.retry}): start one with npm start, or name it by --url or PICKSTREAM_URL`,
        )
      }
      onRetry?.(result.retry, pauseMs)
      await sleep(pauseMs * (0.75 + Math.random() / 2), signal)
    }
  }
}

export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
  })
