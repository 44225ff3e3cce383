import { endIfStuck } from './backlog.ts'
import { nextMessageHead } from './connection.ts'

/** What is sent to every subscriber of a group: all of a `next` message behind the subscription's id. */
export interface Payload {
  /** Bytes where many share them. */
  readonly body: Buffer | string
  readonly revision?: string
  readonly again?: boolean
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
  readonly #socket: SubscriberSocket
  /** Not a buffer: a small one would keep alive the 8 kB that it is a part of. */
  readonly #head: string
  /** The greatest revision the client has. */
  #seen: string | undefined
  #waiting: Payload | undefined
  #sending = false
  #closed = false

  constructor(socket: SubscriberSocket, id: string, since?: string) {
    this.#socket = socket
    this.#head = nextMessageHead(id)
    this.#seen = since
  }

  deliver(payload: Payload): void {
    if (this.#closed || !this.#isNews(payload)) return
    if (payload.revision !== undefined) this.#seen = payload.revision
    if (this.#sending) this.#waiting = payload
    else this.#send(payload)
  }

  close(): void {
    this.#closed = true
    this.#waiting = undefined
  }

  #isNews({ revision, again }: Payload): boolean {
    if (revision === undefined || this.#seen === undefined) return true
    return revision > this.#seen || (again === true && revision === this.#seen)
  }

  #send({ body }: Payload): void {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN || endIfStuck(socket)) return
    this.#sending = true
    const message = typeof body === 'string' ? this.#head + body : Buffer.concat([Buffer.from(this.#head), body])
    socket.send(message, asText, () => {
      this.#sending = false
      const next = this.#waiting
      this.#waiting = undefined
      if (next && !this.#closed) this.#send(next)
    })
  }
}
