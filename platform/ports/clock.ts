/** Time and waiting as an argument, so that a test or the simulator can own them. */
export interface Clock {
  /** Milliseconds since 1970. May jump; never use a difference of two readings for anything but reporting. */
  now(): number
  /** Resolves after about `ms`, or at once when the signal aborts. 0: once other work of this thread had its turn. */
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
