import { terminateIfBufferFull } from './unsent-limit.ts'

/** What is sent to every subscriber of a group: an execution result as JSON, which each transport frames in its own way. */
export interface Payload {
  /** Bytes where many share them. */
  readonly body: Buffer | string
  readonly revision?: string
  readonly isRepeat?: boolean
}

/** How a transport wraps a payload for one subscription. */
export interface Framing {
  /** Text in front of the payload. A string, not a buffer: a small buffer would keep alive the 8 kB that it is a part of. */
  head(payload: Payload): string
  /** Text behind it. */
  readonly tail: string
}

/** The part of a WebSocket that is needed here. */
export interface SubscriberSocket {
  readonly readyState: number
  readonly OPEN: number
  readonly bufferedAmount: number
  terminate(): void
  send(data: Buffer | string, options: { binary: boolean; compress: boolean }, done: (error?: Error) => void): void
}

const asText = { binary: false, compress: false }

/**
 * One subscription on one socket or event stream. While a message is on its way, the newest one waits and replaces the one that waited
 * before: a slow client gets the newest list, not a backlog, and costs one message of memory.
 */
export class Subscriber {
  /** The greatest revision the client has. */
  private lastRevision: string | undefined
  private waiting: Payload | undefined
  private sending = false
  private closed = false

  constructor(
    private readonly socket: SubscriberSocket,
    private readonly framing: Framing,
    since?: string,
  ) {
    this.lastRevision = since
  }

  deliver(payload: Payload): void {
    if (this.closed || !this.isNewer(payload)) return
    if (payload.revision !== undefined) this.lastRevision = payload.revision
    if (this.sending) this.waiting = payload
    else this.send(payload)
  }

  close(): void {
    this.closed = true
    this.waiting = undefined
  }

  private isNewer({ revision, isRepeat }: Payload): boolean {
    if (revision === undefined || this.lastRevision === undefined) return true
    return revision > this.lastRevision || (isRepeat === true && revision === this.lastRevision)
  }

  private send(payload: Payload): void {
    const socket = this.socket
    if (socket.readyState !== socket.OPEN || terminateIfBufferFull(socket)) return
    this.sending = true
    const { body } = payload
    const { framing } = this
    const head = framing.head(payload)
    const message =
      typeof body === 'string'
        ? head + body + framing.tail
        : Buffer.concat([Buffer.from(head), body, Buffer.from(framing.tail)])
    socket.send(message, asText, () => {
      this.sending = false
      const next = this.waiting
      this.waiting = undefined
      if (next && !this.closed) this.send(next)
    })
  }
}
