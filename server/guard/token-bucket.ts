import { LRUCache } from 'lru-cache'
import { atMost } from '../../platform/at-most.ts'

interface Bucket {
  tokens: number
  refilledAt: number
}

/** Token buckets: a rate per client, with a burst of ten seconds' worth. Only the newest 50,000 clients are kept. */
export class TokenBuckets {
  private readonly buckets = new LRUCache<string, Bucket>(atMost(50_000))

  /** @param perSecond 0: no limit */
  constructor(
    private readonly perSecond: number,
    private readonly burst = perSecond * 10,
  ) {}

  /**
   * @param levelMin share of the burst that must be left for the call to pass. With 0, the cost itself must be
   * available. With more, the cost may exceed the rest and leave a debt, so that every cost passes at some time
   * @returns 0 if the call may pass, otherwise after how many seconds to retry
   */
  take(client: string, now: number, cost = 1, levelMin = 0): number {
    if (this.perSecond === 0) return 0
    let bucket = this.buckets.get(client)
    if (!bucket) this.buckets.set(client, (bucket = { tokens: this.burst, refilledAt: now }))
    const elapsed = Math.max(0, now - bucket.refilledAt) / 1_000
    bucket.tokens = Math.min(this.burst, bucket.tokens + elapsed * this.perSecond)
    bucket.refilledAt = now
    const needed = levelMin === 0 ? cost : this.burst * levelMin
    if (bucket.tokens < needed) return Math.ceil((needed - bucket.tokens) / this.perSecond)
    bucket.tokens -= cost
    return 0
  }
}
