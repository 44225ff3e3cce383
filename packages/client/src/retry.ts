const pause = { firstMs: 250, maxMs: 8_000 }

/** Pauses between retries: they double up to 8 s, and end early when the network returns, and with `stop`. */
export class Backoff {
  private nextMs = pause.firstMs
  private readonly wakes = new Set<() => void>()
  private stopped = false

  /** After a success: the next pause is the shortest again. */
  reset(): void {
    this.nextMs = pause.firstMs
  }

  /** Waits for the next pause, at least for `atLeastMs`. */
  async wait(atLeastMs = 0): Promise<void> {
    const ms = Math.max(atLeastMs, jittered(this.nextMs))
    this.nextMs = Math.min(this.nextMs * 2, pause.maxMs)
    if (this.stopped) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.wakes.delete(wake)
        globalThis.removeEventListener?.('online', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.wakes.add(wake)
      globalThis.addEventListener?.('online', wake)
    })
  }

  /** Ends the current pause, and every later one at once. */
  stop(): void {
    this.stopped = true
    for (const wake of [...this.wakes]) wake()
  }
}

/** Returns a random time between half and all of `ms`, so that pages do not all reconnect to a server at once. */
const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2)
