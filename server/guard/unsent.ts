import { AppError } from '../../schema/app-error.ts'
import { ByteLedger } from './byte-ledger.ts'
import type { Client } from './fair-queue.ts'

/** Answers that one client, and all clients together, have been sent and have not read, bytes. */
const perClientBytesMax = 32 * 2 ** 20
const inAllBytesMax = 256 * 2 ** 20
const retryAfterSeconds = 1

/** Counts the bytes of answers from when they are handed to a connection until they are on their way, or it is closed. */
export class UnsentAnswers extends ByteLedger {
  constructor(perClientMax = perClientBytesMax, inAllMax = inAllBytesMax) {
    super(perClientMax, inAllMax)
  }

  /** @throws AppError RATE_LIMITED or UNAVAILABLE where no more answers may be made for the client before some are read */
  check(client: Client): void {
    if (this.hasRoom(client)) return
    if (this.bytes >= this.inAllMax) {
      throw new AppError('UNAVAILABLE', { message: 'too many answers have not been read by their clients' })
    }
    const message = `expected at most ${this.perClientMax} bytes of answers that the client has not read`
    throw new AppError('RATE_LIMITED', { message, details: { retryAfterSeconds } })
  }
}
