import type { Clock } from './ports/clock.ts'

interface Repeated {
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Pause between two rounds. */
  readonly everyMs: number
  /** Share of the time that rounds may take: after a long one the pause is longer. Default: no limit. */
  readonly shareMax?: number
  /** Whether the first round begins without a pause. Default: false. */
  readonly startsAtOnce?: boolean
  /** Never called while it runs. */
  readonly round: (signal: AbortSignal) => Promise<void>
  /** Called with the error of a failed round; the next round follows as usual. */
  readonly onError: (error: unknown) => void
}

/** Repeats work in the background. `stop` ends the pause, and resolves once a round in progress has ended. */
export function repeat(repeated: Repeated): { stop(): Promise<void> } {
  const { clock, everyMs, shareMax = Number.POSITIVE_INFINITY, startsAtOnce = false, round, onError } = repeated
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async () => {
    if (!startsAtOnce) await clock.sleep(everyMs, signal)
    while (!signal.aborted) {
      const startedAt = clock.now()
      try {
        await round(signal)
      } catch (error) {
        onError(error)
      }
      await clock.sleep(Math.max(everyMs, (clock.now() - startedAt) / shareMax), signal)
    }
  }
  const done = run()
  return {
    stop: async () => {
      stopping.abort()
      await done
    },
  }
}
