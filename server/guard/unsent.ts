import { AppError } from '../../schema/app-error.ts'
import { ByteLedger } from './byte-ledger.ts'
import type { Client } from './fair-queue.ts'

/** Maximum bytes of answers that were sent but not read, for one client and for all. */
const perClientBytesMax = 32 * 2 ** 20
const inAllBytesMax = 256 * 2 ** 20
const retryAfterSeconds = 1

/**
 * Counts the bytes of answers from when they are passed to a connection until they are sent or the connection is
 * closed.
 */
export class UnsentAnswers extends ByteLedger {
  constructor(perClientMax = perClientBytesMax, inAllMax = inAllBytesMax) {
    super(perClientMax, inAllMax)
  }

  /** @throws AppError RATE_LIMITED or UNAVAILABLE if the client must read answers before it gets more */
  check(client: Client): void {
    if (this.hasRoom(client)) return
    if (this.bytes >= this.inAllMax) {
      throw new AppError('UNAVAILABLE', { message: 'too many answers have not been read by their clients' })
    }
    const message = `expected at most ${this.perClientMax} bytes of answers that the client has not read`
    throw new AppError('RATE_LIMITED', { message, details: { retryAfterSeconds } })
  }
}
