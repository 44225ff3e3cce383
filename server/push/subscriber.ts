import { terminateIfBufferFull } from './unsent-limit.ts'

/**
 * The payload for every subscriber of a group: an execution result as JSON, which each transport frames in its own way.
 */
export interface Payload {
  /** Bytes if several subscribers share them. */
  readonly body: Buffer | string
  readonly revision?: string
  readonly isRepeat?: boolean
}

/** How a transport frames a payload for one subscription. */
export interface Framing {
  /**
   * Text before the payload. A string and not a buffer, because a small buffer would keep the 8 kB alive of which it is
   * a part.
   */
  head(payload: Payload): string
  /** Text after the payload. */
  readonly tail: string
}

/** The part of a WebSocket that is used here. */
export interface SubscriberSocket {
  readonly readyState: number
  readonly OPEN: number
  readonly bufferedAmount: number
  terminate(): void
  send(data: Buffer | string, options: { binary: boolean; compress: boolean }, done: (error?: Error) => void): void
}

const asText = { binary: false, compress: false }

/**
 * One subscription on one socket or event stream. While a message is in flight, at most one waits, and a newer one
 * replaces it: a slow client gets the newest list, not a backlog, and takes the memory of one message.
 */
export class Subscriber {
  /** The greatest revision that was sent to the client. */
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
