import type { Clock } from '../platform/ports/clock.ts'

interface Parts {
  readonly clock: Clock
  /** Called with the clock's time at the time that was set, or later. */
  readonly onTime: () => void
  /** Called with an error of `onTime` or of the clock. In the latter case no time is set. */
  readonly onError: (error: unknown) => void
  /** Maximum wait before the clock is read again, because it may have been changed. Default and maximum: a day. */
  readonly sleepMsMax?: number
}

/** Node runs timers beyond 2^31 ms at once, so longer waits are divided. */
const sleepMsDefault = 86_400_000

/** Calls back at a time of the clock. Holds at most one time. */
export class WakeTimer {
  private waiting: AbortController | undefined
  /** The time that is set, ms since 1970. */
  at: number | undefined

  constructor(private readonly parts: Parts) {}

  /** @param at ms since 1970, replaces the time set before; undefined: none */
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
