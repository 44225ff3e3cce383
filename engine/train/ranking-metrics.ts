import type { RankingMetrics } from './model.ts'

/** List length for evaluation. */
export const evaluatedTop = 20

/** Sums hit rate, MRR and NDCG at 20 over lists with one relevant item each. A miss counts 0. */
export class RankingMetricsSum {
  private hits = 0
  private reciprocal = 0
  private gain = 0
  private readonly squares = { reciprocal: 0, gain: 0 }
  private n = 0

  /** @param rank of the relevant item, from 1. 0 or above `evaluatedTop` is a miss. */
  add(rank: number): void {
    this.n++
    if (rank < 1 || rank > evaluatedTop) return
    this.hits++
    const [reciprocal, gain] = [1 / rank, 1 / Math.log2(rank + 1)]
    this.reciprocal += reciprocal
    this.gain += gain
    this.squares.reciprocal += reciprocal ** 2
    this.squares.gain += gain ** 2
  }

  get metrics(): RankingMetrics {
    const n = Math.max(1, this.n)
    return { hr: this.hits / n, mrr: this.reciprocal / n, ndcg: this.gain / n, n: this.n }
  }

  /** Standard errors of the means in `metrics`; 0 with fewer than two queries. */
  get errors(): Omit<RankingMetrics, 'n'> {
    const { n, hits, reciprocal, gain, squares } = this
    const errorOf = (sum: number, ofSquares: number) =>
      n < 2 ? 0 : Math.sqrt(Math.max(0, ofSquares / n - (sum / n) ** 2) / (n - 1))
    return {
      hr: errorOf(hits, hits),
      mrr: errorOf(reciprocal, squares.reciprocal),
      ndcg: errorOf(gain, squares.gain),
    }
  }
}
