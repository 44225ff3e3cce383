import type { Client } from 'graphql-sse'
import { streamEndpointOf } from './endpoint.ts'
import { PickstreamError } from './errors.ts'
import { retryAfterOf } from './http.ts'
import type { Ending, LiveOptions, Message, Operation, Transport, TransportListener } from './transport.ts'

/** The server sends a comment every 30 s, unless it is configured otherwise. */
const silenceMsMax = 100_000

/**
 * One stream per subscription (GraphQL over SSE, distinct connections mode), at the path of the API followed by
 * `/stream`. The library is loaded at first use.
 */
export class SseTransport implements Transport {
  private readonly options: LiveOptions
  private readonly open = new Set<AbortController>()

  constructor(options: LiveOptions) {
    this.options = options
  }

  subscribe<Data>(operation: Operation, on: TransportListener<Data>): () => void {
    const control = new AbortController()
    this.open.add(control)
    control.signal.addEventListener('abort', () => this.open.delete(control))
    void this.stream(operation, on, control)
    return () => control.abort()
  }

  close(): void {
    for (const control of [...this.open]) control.abort()
  }

  private async stream<Data>(
    operation: Operation,
    on: TransportListener<Data>,
    control: AbortController,
  ): Promise<void> {
    const stopped = control.signal
    let reached = false
    const end = (ending: Ending): void => {
      if (stopped.aborted) return
      control.abort()
      on.onEnd(ending)
    }
    // The browser detects it before the stream does.
    globalThis.addEventListener?.('offline', () => end({ reached: true }), { signal: stopped })
    const client = await this.createClient(() => {
      reached = true
      if (!stopped.aborted) on.onOpen()
    }).catch(() => undefined)
    if (!client) return end({ reached: false })
    if (stopped.aborted) return
    const leave = client.subscribe<Data, Record<string, unknown>>(
      { query: operation.query, variables: { ...operation.variables } },
      {
        next: (message) => {
          if (!stopped.aborted) on.onNext(message as Message<Data>)
        },
        error: (error) => end(endingOf(error, reached)),
        complete: () => end({ reached, isComplete: true }),
      },
    )
    stopped.addEventListener('abort', leave)
  }

  private async createClient(onOpen: () => void): Promise<Client> {
    const { createClient } = await import('./sse-client.ts')
    const { url, headers, fetch } = this.options
    return createClient({
      url: streamEndpointOf(url),
      headers: async () => ({ ...(await headers()) }),
      retryAttempts: 0, // LiveConnection retries, from the newest revision on
      fetchFn: async (input: RequestInfo, init?: RequestInit) => {
        const response = await fetch(input, init)
        if (response.ok) onOpen()
        return response.ok && response.body ? endWhenSilent(response, response.body, init?.signal) : response
      },
    })
  }
}

/** Statuses that ask the client to retry later. */
const busyStatuses: readonly (number | undefined)[] = [429, 503]

function endingOf(error: unknown, reached: boolean): Ending {
  const { response } = error as { response?: Response }
  if (response?.status === 401) return accessRefused(new PickstreamError('UNAUTHENTICATED', 'status 401'))
  if (response?.status === 403) return accessRefused(new PickstreamError('FORBIDDEN', 'status 403'))
  if (!busyStatuses.includes(response?.status)) return { reached }
  const retryAfterMs = retryAfterOf(response!.headers)
  const [code, what] =
    response!.status === 429
      ? ['RATE_LIMITED', 'too many requests or event streams of this client']
      : ['UNAVAILABLE', 'the server accepts no event stream now']
  const refusal = new PickstreamError(code, `${what} (status ${response!.status})`, { retriable: true, retryAfterMs })
  return { reached: true, refusal }
}

const accessRefused = (refusal: PickstreamError): Ending => ({ reached: true, refusal, isAccess: true })

/**
 * Returns the response with a stream that fails when nothing arrives for too long: a dead connection may stay open
 * for hours.
 */
function endWhenSilent(response: Response, body: ReadableStream<Uint8Array>, stopped?: AbortSignal | null): Response {
  let timer: ReturnType<typeof setTimeout> | undefined
  const watch = (controller: TransformStreamDefaultController<Uint8Array>): void => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.error(new Error(`nothing received for ${silenceMsMax} ms`)), silenceMsMax)
  }
  stopped?.addEventListener('abort', () => clearTimeout(timer))
  const watched = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: watch,
      transform(chunk, controller) {
        watch(controller)
        controller.enqueue(chunk)
      },
      flush: () => clearTimeout(timer),
    }),
  )
  return new Response(watched, { status: response.status, headers: response.headers })
}
