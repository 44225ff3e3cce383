/** Counts the messages of a socket in windows of one second. */
export class MessageRate {
  private windowAt = Number.NEGATIVE_INFINITY
  private count = 0

  constructor(private readonly perSecondMax: number) {}

  /**
   * Counts a message.
   *
   * @param now ms
   * @returns false if the socket has exceeded its messages of this second
   */
  take(now: number): boolean {
    if (now - this.windowAt >= 1_000 || now < this.windowAt) {
      this.windowAt = now
      this.count = 0
    }
    this.count++
    return this.count <= this.perSecondMax
  }
}
