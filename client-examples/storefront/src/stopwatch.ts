/** Times the way of a click: from the pointer going down on the shop to the list that has seen it. */
export interface Stopwatch {
  started(eventId: string, at: number): void
  /** Sent in between, not timed: a list it caused has seen every click before it. */
  passed(eventId: string): void
  /** Milliseconds since the newest click this list has seen; undefined where it was none of ours. */
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
