import { AppError } from '../../schema/app-error.ts'
import { remedyOf, unavailable } from './kafka-errors.ts'
import type { EncodedMessage } from './record-batch.ts'

/** Records of one append that go to one partition. */
export interface Share {
  readonly messages: readonly EncodedMessage[]
  readonly bytes: number
  /** By performance.now(). */
  readonly deadline: number
  readonly resolve: (baseOffset: number) => void
  readonly reject: (error: Error) => void
}

export interface PartitionAppenderOptions {
  /** Writes one batch and resolves with the offset of its first record once all in-sync replicas have it. */
  readonly send: (messages: readonly EncodedMessage[], bytes: number) => Promise<number>
  readonly lingerMs: number
  readonly batchBytesMax: number
  readonly onRetry?: (error: unknown) => void
}

const backoffMsMin = 50
const backoffMsMax = 1_000

/**
 * Appends to one partition with one batch in flight: this keeps the order without an idempotent producer. Records
 * that arrive meanwhile form the next batch, so single records share requests under load, and are sent at once
 * without load.
 */
export class PartitionAppender {
  private waiting: Share[] = []
  private inFlight: readonly Share[] = []
  private busy = false
  private lastError: unknown

  constructor(private readonly options: PartitionAppenderOptions) {}

  get idle(): boolean {
    return !this.busy
  }

  add(share: Share): void {
    this.waiting.push(share)
    if (this.busy) return
    this.busy = true
    const { lingerMs } = this.options
    if (lingerMs > 0) setTimeout(() => void this.drain(), lingerMs)
    else setImmediate(() => void this.drain())
  }

  /** Rejects records past their deadline, also those in flight (which may still be written). */
  expire(now: number): void {
    for (const share of this.inFlight) if (share.deadline <= now) this.rejectLate(share)
    if (this.waiting.every(({ deadline }) => deadline > now)) return
    for (const share of this.waiting) if (share.deadline <= now) this.rejectLate(share)
    this.waiting = this.waiting.filter(({ deadline }) => deadline > now)
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) await this.sendUntilSettled(this.takeBatch())
    this.busy = false
  }

  private takeBatch(): Share[] {
    let bytes = 0
    let count = 0
    for (const share of this.waiting) {
      if (count > 0 && bytes + share.bytes > this.options.batchBytesMax) break
      bytes += share.bytes
      count += 1
    }
    return this.waiting.splice(0, count)
  }

  private async sendUntilSettled(batch: readonly Share[]): Promise<void> {
    this.inFlight = batch
    for (let backoffMs = backoffMsMin; this.inFlight.length > 0; backoffMs = Math.min(2 * backoffMs, backoffMsMax)) {
      try {
        confirm(this.inFlight, await this.send(this.inFlight))
        this.lastError = undefined
        break
      } catch (error) {
        this.lastError = error
        if (error instanceof AppError || remedyOf(error) === 'none') {
          for (const share of this.inFlight) share.reject(unavailable('the append was rejected', error))
          break
        }
        this.options.onRetry?.(error)
        await new Promise((resolve) => setTimeout(resolve, backoffMs))
        const now = performance.now()
        this.expire(now)
        this.inFlight = this.inFlight.filter(({ deadline }) => deadline > now)
      }
    }
    this.inFlight = []
  }

  private send(shares: readonly Share[]): Promise<number> {
    const messages = shares.length === 1 ? shares[0]!.messages : shares.flatMap((share) => share.messages)
    return this.options.send(
      messages,
      shares.reduce((sum, { bytes }) => sum + bytes, 0),
    )
  }

  private rejectLate(share: Share): void {
    share.reject(unavailable('the append was not confirmed within its deadline', this.lastError))
  }
}

function confirm(shares: readonly Share[], baseOffset: number): void {
  let offset = baseOffset
  for (const share of shares) {
    share.resolve(offset)
    offset += share.messages.length
  }
}
