/** Time and waiting as an argument, so that a test or the simulator can control them. */
export interface Clock {
  /** Milliseconds since 1970. May jump: use differences of two readings only for reports. */
  now(): number
  /** Resolves after about `ms`, or at once when the signal aborts. 0: after other pending work of this thread. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      if (ms === 0) return void setImmediate(resolve)
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    }),
}
