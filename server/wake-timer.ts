import type { Clock } from '../platform/ports/clock.ts'

interface Parts {
  readonly clock: Clock
  /** Called with the clock at the time that was set, or later. */
  readonly onTime: () => void
  /** Called with what `onTime` threw, or with why the clock failed: then no time is set. */
  readonly onError: (error: unknown) => void
  /** Longest wait without a look at the clock, which may be set meanwhile. Default, and the most: a day. */
  readonly sleepMsMax?: number
}

/** Timers of Node run at once beyond 2^31 ms: longer waits are cut up. */
const sleepMsDefault = 86_400_000

/** Calls back at a time of the clock; holds one time at most. */
export class WakeTimer {
  private waiting: AbortController | undefined
  /** The time that is set, ms since 1970. */
  at: number | undefined

  constructor(private readonly parts: Parts) {}

  /** @param at ms since 1970, in place of the time set before; undefined: none */
  set(at: number | undefined): void {
    this.stop()
    if (at === undefined) return
    const { clock, onTime, onError, sleepMsMax = sleepMsDefault } = this.parts
    const waiting = new AbortController()
    this.waiting = waiting
    this.at = at
    const wake = () => {
      if (waiting.signal.aborted) return
      if (clock.now() < at) this.set(at)
      else {
        this.stop()
        onTime()
      }
    }
    const fail = (error: unknown) => {
      if (this.waiting === waiting) this.stop()
      onError(error)
    }
    const ms = Math.min(sleepMsMax, Math.max(1, at - clock.now()))
    clock.sleep(ms, waiting.signal).then(wake).catch(fail)
  }

  stop(): void {
    this.waiting?.abort()
    this.waiting = undefined
    this.at = undefined
  }
}
