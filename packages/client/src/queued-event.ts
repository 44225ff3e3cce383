import type { EventInput } from './generated/operations.ts'

/** An event with its id. `timestamp`: by the visitor's clock; absent where the server refused that time. */
export type QueuedEvent = EventInput & { readonly eventId: string }
