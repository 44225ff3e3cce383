import type { RankingMetrics } from './model.ts'

/** List length for evaluation. */
export const evaluatedTop = 20

/** Sums hit rate, MRR and NDCG at 20 over lists with one relevant item each. A miss counts 0. */
export class RankingMetricsSum {
  private hits = 0
  private reciprocal = 0
  private gain = 0
  private n = 0

  /** @param rank of the relevant item, from 1. 0 or above `evaluatedTop` is a miss. */
  add(rank: number): void {
    this.n++
    if (rank < 1 || rank > evaluatedTop) return
    this.hits++
    this.reciprocal += 1 / rank
    this.gain += 1 / Math.log2(rank + 1)
  }

  get metrics(): RankingMetrics {
    const n = Math.max(1, this.n)
    return { hr: this.hits / n, mrr: this.reciprocal / n, ndcg: this.gain / n, n: this.n }
  }
}
