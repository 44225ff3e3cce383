import { AppError } from '../../schema/app-error.ts'
import type { Client } from './fair-queue.ts'

/** Answers that one client, and all clients together, have been sent and have not read, bytes. */
const perClientBytesMax = 32 * 2 ** 20
const inAllBytesMax = 256 * 2 ** 20
const retryAfterSeconds = 1

/** Counts the bytes of answers from when they are handed to a connection until they are on their way, or it is closed. */
export class UnsentAnswers {
  private readonly perClientMax: number
  private readonly inAllMax: number
  private readonly byClient = new Map<string, number>()
  private inAll = 0

  constructor(perClientMax = perClientBytesMax, inAllMax = inAllBytesMax) {
    this.perClientMax = perClientMax
    this.inAllMax = inAllMax
  }

  get bytes(): number {
    return this.inAll
  }

  /** @throws AppError RATE_LIMITED or UNAVAILABLE where no more answers may be made for the client before some are read */
  check(client: Client): void {
    if (this.hasRoom(client)) return
    if (this.inAll >= this.inAllMax) {
      throw new AppError('UNAVAILABLE', { message: 'too many answers have not been read by their clients' })
    }
    const message = `expected at most ${this.perClientMax} bytes of answers that the client has not read`
    throw new AppError('RATE_LIMITED', { message, details: { retryAfterSeconds } })
  }

  hasRoom({ client, shared }: Client): boolean {
    return this.inAll < this.inAllMax && (shared || (this.byClient.get(client) ?? 0) < this.perClientMax)
  }

  /** @returns what to call once they are sent, or the connection is closed; further calls do nothing */
  add(client: string, bytes: number): () => void {
    this.inAll += bytes
    this.byClient.set(client, (this.byClient.get(client) ?? 0) + bytes)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.inAll -= bytes
      const left = (this.byClient.get(client) ?? 0) - bytes
      if (left > 0) this.byClient.set(client, left)
      else this.byClient.delete(client)
    }
  }
}
