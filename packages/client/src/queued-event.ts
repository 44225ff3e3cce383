import type { EventInput } from './generated/operations.ts'
import { newId } from './ids.ts'

/** An event with its id. `timestamp`: by the visitor's clock; absent where the server refused that time. */
export type QueuedEvent = EventInput & { readonly eventId: string }

/** With an id and the time now, where it has none. */
export const queuedEvent = (event: EventInput): QueuedEvent => ({
  ...event,
  eventId: event.eventId ?? newId(),
  timestamp: event.timestamp ?? new Date().toISOString(),
})
