export interface StreamEvent {
  readonly event: string
  readonly id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: what a test asked for is what it looks at
  readonly data: any
}

/** A response of server-sent events, read as a browser's EventSource does. */
export interface ReadStream {
  readonly response: Response
  /** Comments received so far: the heartbeats. */
  heartbeats(): number
  /** The next event; undefined where the stream has ended. */
  next(): Promise<StreamEvent | undefined>
  /** All events until the end. */
  rest(): Promise<StreamEvent[]>
  close(): void
}

export async function openStream(url: string | URL, init: RequestInit = {}): Promise<ReadStream> {
  const abort = new AbortController()
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'text/event-stream', ...init.headers },
    signal: abort.signal,
  })
  let beats = 0
  const events = (async function* () {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        if (block.startsWith(':')) beats++
        else yield toEvent(block)
      }
    }
  })()
  const next = async () => {
    const { done, value } = await events.next()
    return done ? undefined : value
  }
  return {
    response,
    heartbeats: () => beats,
    next,
    async rest() {
      const all: StreamEvent[] = []
      for (let event = await next(); event; event = await next()) all.push(event)
      return all
    },
    close: () => abort.abort(),
  }
}

export const postStream = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  openStream(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

function toEvent(block: string): StreamEvent {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]))
  const data = fields.get('data')
  return { event: fields.get('event') ?? '', id: fields.get('id'), data: data ? JSON.parse(data) : undefined }
}
