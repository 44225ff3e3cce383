import { Mean } from '../math/mean.ts'
import type { RankingMetrics } from './model.ts'

/** List length for evaluation. */
export const evaluatedTop = 20

/** Hit rate, MRR and NDCG at 20 over lists with one relevant item each. A miss counts 0. */
export class RankingMetricsSum {
  private readonly hit = new Mean()
  private readonly reciprocal = new Mean()
  private readonly gain = new Mean()

  /** @param rank of the relevant item, from 1. 0 or above `evaluatedTop` is a miss. */
  add(rank: number): void {
    const isHit = rank >= 1 && rank <= evaluatedTop
    this.hit.add(isHit ? 1 : 0)
    this.reciprocal.add(isHit ? 1 / rank : 0)
    this.gain.add(isHit ? 1 / Math.log2(rank + 1) : 0)
  }

  get metrics(): RankingMetrics {
    return { hr: this.hit.value, mrr: this.reciprocal.value, ndcg: this.gain.value, n: this.hit.n }
  }

  /** Standard errors of the means in `metrics`; 0 with fewer than two queries. */
  get errors(): Omit<RankingMetrics, 'n'> {
    return { hr: this.hit.error, mrr: this.reciprocal.error, ndcg: this.gain.error }
  }
}
