/** Measures the time from a click to the list that includes it. */
export interface Stopwatch {
  started(eventId: string, at: number): void
  /** An event that is sent in between and not timed: a list that it caused includes every click before it. */
  passed(eventId: string): void
  /** Milliseconds since the newest click in this list; undefined if another window or device caused it. */
  stopped(causedByEventId: string | null, at: number): number | undefined
}

export function createStopwatch(): Stopwatch {
  /** In the order sent, which is the order the server applies. */
  const open = new Map<string, number | undefined>()
  return {
    started: (eventId, at) => void open.set(eventId, at),
    passed: (eventId) => void open.set(eventId, undefined),
    stopped(causedByEventId, at) {
      if (causedByEventId === null || !open.has(causedByEventId)) return undefined
      let newest: number | undefined
      for (const [eventId, startedAt] of open) {
        open.delete(eventId)
        newest = startedAt ?? newest
        if (eventId === causedByEventId) break
      }
      return newest === undefined ? undefined : at - newest
    },
  }
}
