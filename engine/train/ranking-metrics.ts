import type { RankingMetrics } from './model.ts'

/** Length of the lists that are judged. */
export const evaluatedTop = 20

/** Hit rate, mean reciprocal rank and NDCG at 20 of lists with one right answer each; a miss counts zero. */
export class RankingMetricsSum {
  private hits = 0
  private reciprocal = 0
  private gain = 0
  private n = 0

  /** `rank` from 1 on; 0 or beyond JUDGED is a miss. */
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
