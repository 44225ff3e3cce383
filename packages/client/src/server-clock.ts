/** Differences up to this are ignored: the `Date` header has whole seconds, and the transfer takes time. */
const toleranceMs = 5_000

/** The server's time, estimated from the `Date` header of its answers: the clocks of visitors may be years off. */
export class ServerClock {
  private offsetMs: number | undefined

  /**
   * False until a `Date` header could be read. Pages of another origin can read it only if the server exposes it.
   */
  get isKnown(): boolean {
    return this.offsetMs !== undefined
  }

  /** Takes the `Date` header of an answer that just arrived. */
  note(date: string | null): void {
    const offsetMs = Date.parse(date ?? '') - Date.now()
    if (!Number.isNaN(offsetMs)) this.offsetMs = Math.abs(offsetMs) < toleranceMs ? 0 : offsetMs
  }

  /**
   * Returns the server's time for an ISO 8601 time of this clock, at most the server's present time; unchanged while
   * unknown.
   */
  correct(timestamp: string): string {
    if (this.offsetMs === undefined) return timestamp
    return new Date(Math.min(Date.parse(timestamp), Date.now()) + this.offsetMs).toISOString()
  }
}
