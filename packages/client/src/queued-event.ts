import type { EventInput } from './generated/operations.ts'
import { newId } from './ids.ts'

/** An event with its id. `timestamp` is by the visitor's clock; absent if the server rejected that time. */
export type QueuedEvent = EventInput & { readonly eventId: string }

/** Adds an id and the present time, if the event has none. */
export const queuedEvent = (event: EventInput): QueuedEvent => ({
  ...event,
  eventId: event.eventId ?? newId(),
  timestamp: event.timestamp ?? new Date().toISOString(),
})
