/** Mean of one figure over queries or users, and the standard error of that mean. */
export class Mean {
  private sum = 0
  private squares = 0
  n = 0

  add(value: number): void {
    this.n++
    this.sum += value
    this.squares += value ** 2
  }

  get value(): number {
    return this.sum / Math.max(1, this.n)
  }

  /** 0 with fewer than two values. */
  get error(): number {
    if (this.n < 2) return 0
    const variance = Math.max(0, this.squares / this.n - this.value ** 2)
    return Math.sqrt(variance / (this.n - 1))
  }
}
