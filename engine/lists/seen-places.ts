/**
 * Places items that the user has seen between the unseen ones. Both are scored by the weights for repetitions; a seen
 * item gets a score behind as many of the unseen items as those weights rank before it, so that both merged by score
 * are the list that may repeat items.
 */
export class SeenPlaces {
  private readonly repeatScores: Float64Array
  private ahead = 0

  /**
   * @param scores of the unseen items, best first; may be longer: what fills the list behind them
   * @param repeatScores of the same items by the weights for repetitions
   */
  constructor(
    private readonly scores: ArrayLike<number>,
    repeatScores: Float64Array,
  ) {
    // Ascending: numbers sort without a function to compare them.
    this.repeatScores = repeatScores.sort()
  }

  /** The score of the next seen item, best first by the weights for repetitions. Never above the one before. */
  scoreOf(repeatScore: number): number {
    const { repeatScores, scores } = this
    while (this.ahead < repeatScores.length && repeatScores.at(-1 - this.ahead)! >= repeatScore) this.ahead++
    const before = scores[this.ahead - 1]
    const after = scores[this.ahead]
    if (before === undefined) return after === undefined ? 0 : after + 1
    return after === undefined ? before - 1e-6 : (before + after) / 2
  }
}
