import { nextMessageHead } from './connection.ts'
import { terminateIfBufferFull } from './unsent-limit.ts'

/** What is sent to every subscriber of a group: all of a `next` message behind the subscription's id. */
export interface Payload {
  /** Bytes where many share them. */
  readonly body: Buffer | string
  readonly revision?: string
  readonly isRepeat?: boolean
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
 * One subscription on one socket. While a message is on its way, the newest one waits and replaces the one that waited
 * before: a slow client gets the newest list, not a backlog, and costs one message of memory.
 */
export class Subscriber {
  private readonly socket: SubscriberSocket
  /** Not a buffer: a small one would keep alive the 8 kB that it is a part of. */
  private readonly head: string
  /** The greatest revision the client has. */
  private lastRevision: string | undefined
  private waiting: Payload | undefined
  private sending = false
  private closed = false

  constructor(socket: SubscriberSocket, id: string, since?: string) {
    this.socket = socket
    this.head = nextMessageHead(id)
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

  private send({ body }: Payload): void {
    const socket = this.socket
    if (socket.readyState !== socket.OPEN || terminateIfBufferFull(socket)) return
    this.sending = true
    const message = typeof body === 'string' ? this.head + body : Buffer.concat([Buffer.from(this.head), body])
    socket.send(message, asText, () => {
      this.sending = false
      const next = this.waiting
      this.waiting = undefined
      if (next && !this.closed) this.send(next)
    })
  }
}
