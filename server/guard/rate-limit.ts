import type { Config } from '../../platform/config.ts'
import { AppError } from '../../schema/app-error.ts'
import type { Identity } from './identity.ts'
import { TokenBuckets } from './token-bucket.ts'

const workLevelMin = 0.8

/**
 * Requests per second by client. Shoppers and unauthenticated clients have one limit, services and operators another.
 */
export class RateLimit {
  private readonly shoppers: TokenBuckets
  private readonly services: TokenBuckets

  constructor(config: Pick<Config, 'LIMIT_RATE' | 'LIMIT_RATE_SERVICE'>, open: boolean) {
    this.shoppers = new TokenBuckets(open ? 0 : config.LIMIT_RATE)
    this.services = new TokenBuckets(open ? 0 : config.LIMIT_RATE_SERVICE)
  }

  /** Takes one request. @throws AppError RATE_LIMITED */
  take(identity: Pick<Identity, 'role' | 'client'>, now: number): void {
    this.takeFrom(identity, 1, 0, now)
  }

  /**
   * Charges the work of a request beyond the request itself. It passes if at least four fifths of the burst are left,
   * so the burst of work is two seconds' worth instead of ten.
   * @param requests how many requests the work counts as
   * @throws AppError RATE_LIMITED
   */
  charge(identity: Pick<Identity, 'role' | 'client'>, requests: number, now: number): void {
    if (requests > 0) this.takeFrom(identity, requests, workLevelMin, now)
  }

  private takeFrom(
    { role, client }: Pick<Identity, 'role' | 'client'>,
    requests: number,
    levelMin: number,
    now: number,
  ): void {
    const buckets = role === 'service' || role === 'operator' ? this.services : this.shoppers
    const seconds = buckets.take(client, now, requests, levelMin)
    if (seconds === 0) return
    throw new AppError('RATE_LIMITED', {
      message: `too many requests; the next one passes in ${seconds} s`,
      details: { retryAfterSeconds: seconds },
    })
  }
}
