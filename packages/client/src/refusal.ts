import type { PickstreamError } from './errors.ts'
import type { QueuedEvent } from './queued-event.ts'

/** What becomes of the events of a refused batch; those in none of the sets are sent again as they are. */
export interface Verdict {
  /** Wrong in themselves, with the rule they break: sent no more. */
  readonly rejected: ReadonlyMap<QueuedEvent, string>
  /** Only their time is refused: sent again without one, so that they count when they arrive. */
  readonly untimely: ReadonlySet<QueuedEvent>
  /** The server does not say which events are wrong: the batch is sent again in halves, so that only those are rejected. */
  readonly isToSplit: boolean
}

/** Refusals that one event can bring upon a whole batch without being named. The others are about the request itself. */
const perhapsOfOneEvent = new Set(['FORBIDDEN', 'BAD_USER_INPUT', 'INTERNAL_SERVER_ERROR'])

/**
 * Reads a refusal that is not retriable. The server refuses a batch whole and names the events that are wrong.
 * `clockIsNews`: the answer was the first to tell the server's time, so that times are corrected before the next try.
 */
export function judge(batch: readonly QueuedEvent[], error: PickstreamError, clockIsNews: boolean): Verdict {
  const rejected = new Map<QueuedEvent, string>()
  const untimely = new Set<QueuedEvent>()
  for (const { path, message } of error.issues) {
    const [, place, field] = /^events\[(\d+)\](?:\.(\w+))?/.exec(path) ?? []
    const event = batch[Number(place)]
    if (event?.timestamp !== undefined && field === 'timestamp') untimely.add(event)
    else if (event) rejected.set(event, message)
  }
  for (const event of rejected.keys()) untimely.delete(event)
  if (rejected.size + untimely.size > 0) {
    return { rejected, untimely: clockIsNews ? new Set() : untimely, isToSplit: false }
  }
  if (batch.length > 1 && perhapsOfOneEvent.has(error.code)) return { rejected, untimely, isToSplit: true }
  for (const event of batch) rejected.set(event, error.message)
  return { rejected, untimely, isToSplit: false }
}
