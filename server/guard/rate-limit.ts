import type { Config } from '../../platform/config.ts'
import { AppError } from '../../schema/app-error.ts'
import type { Identity } from './identity.ts'
import { TokenBuckets } from './token-bucket.ts'

/** Requests a second by client: shoppers and strangers have one limit, services and operators another. */
export class RateLimit {
  private readonly shoppers: TokenBuckets
  private readonly services: TokenBuckets

  constructor(config: Pick<Config, 'LIMIT_RATE' | 'LIMIT_RATE_SERVICE'>, open: boolean) {
    this.shoppers = new TokenBuckets(open ? 0 : config.LIMIT_RATE)
    this.services = new TokenBuckets(open ? 0 : config.LIMIT_RATE_SERVICE)
  }

  /** Takes one request. @throws AppError RATE_LIMITED */
  take(identity: Pick<Identity, 'role' | 'client'>, now: number): void {
    this.charge(identity, 1, now)
  }

  /**
   * Takes the work of a request beyond the request itself.
   * @param requests how many requests the work counts as
   * @throws AppError RATE_LIMITED
   */
  charge({ role, client }: Pick<Identity, 'role' | 'client'>, requests: number, now: number): void {
    if (requests === 0) return
    const buckets = role === 'service' || role === 'operator' ? this.services : this.shoppers
    const seconds = buckets.take(client, now, requests)
    if (seconds === 0) return
    throw new AppError('RATE_LIMITED', {
      message: `too many requests; the next one passes in ${seconds} s`,
      details: { retryAfterSeconds: seconds },
    })
  }
}
