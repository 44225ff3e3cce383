import { AppError } from '../../schema/app-error.ts'

export interface InFlightLimitOptions {
  readonly inFlightMax: number
  /** Maximum requests that wait; further ones are rejected. */
  readonly waitingMax: number
  /** Maximum wait of a request; then it is rejected. */
  readonly waitMsMax: number
}

/**
 * Limits the requests in flight, and those that wait. The driver has no queue: with more than 2,048 requests in
 * flight on a connection, it fails with BusyConnectionError.
 */
export class InFlightLimit {
  private inFlight = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly options: InFlightLimitOptions) {}

  get inFlightCount(): number {
    return this.inFlight
  }

  /** @throws AppError UNAVAILABLE, retriable, when `waitingMax` requests wait or this one has waited for `waitMsMax` */
  async run<Result>(request: () => Promise<Result>): Promise<Result> {
    if (this.inFlight < this.options.inFlightMax) this.inFlight += 1
    else await this.acquire()
    try {
      return await request()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.inFlight -= 1
    }
  }

  /**
   * Calls `act` for every item within the limit. Resolves with the results in the order of the items, or rejects with
   * the first failure.
   */
  async all<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
    const results = new Array<Result>(items.length)
    let next = 0
    let failed = false
    // One caller never queues more requests than can be in flight, however long its list is.
    const workers = Array.from({ length: Math.min(items.length, this.options.inFlightMax) }, async () => {
      while (next < items.length && !failed) {
        const index = next++
        try {
          results[index] = await this.run(() => act(items[index] as Item))
        } catch (error) {
          failed = true
          throw error
        }
      }
    })
    const settled = await Promise.allSettled(workers)
    const failure = settled.find((worker) => worker.status === 'rejected')
    if (failure) throw failure.reason
    return results
  }

  private acquire(): Promise<void> {
    const { waitingMax, waitMsMax } = this.options
    if (this.waiting.length >= waitingMax) {
      throw new AppError('UNAVAILABLE', {
        message: `Cassandra is overloaded: ${waitingMax} requests are waiting already`,
      })
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(go), 1)
        reject(
          new AppError('UNAVAILABLE', { message: `Cassandra is overloaded: the request waited for ${waitMsMax} ms` }),
        )
      }, waitMsMax)
      this.waiting.push(go)
    })
  }
}
