import type { PickstreamError } from './errors.ts'
import type { QueuedEvent } from './queued-event.ts'

/** Outcome of a rejected batch per event. Events in none of the sets are sent again unchanged. */
export interface Verdict {
  /** Invalid events, with the rule that they violate: not sent again. */
  readonly rejected: ReadonlyMap<QueuedEvent, string>
  /** Events of which only the time is rejected: sent again without one, so that they get the time of their arrival. */
  readonly untimely: ReadonlySet<QueuedEvent>
  /**
   * Whether the server does not name the invalid events: the batch is sent again in halves, so that only those are
   * rejected.
   */
  readonly isToSplit: boolean
}

/**
 * Codes of rejections that one event can cause for a whole batch without being named. Others concern the request
 * itself.
 */
const perhapsOfOneEvent = new Set(['FORBIDDEN', 'BAD_USER_INPUT', 'INTERNAL_SERVER_ERROR'])

/**
 * Evaluates a rejection that is not retriable. The server rejects the whole batch and names the invalid events.
 * @param clockIsNews whether the answer was the first with the server's time, so that times are corrected before the
 *   retry
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
