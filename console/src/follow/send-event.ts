import type { Client } from 'urql'
import { accessHeaders } from '../access.ts'
import { sayError } from '../client.ts'
import { type EventType, RecordDocument } from '../generated/graphql.ts'

export interface TestEvent {
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
}

/**
 * Records an event with its own sampled traceparent (W3C Trace Context), so that it is traced unless the server's
 * limit of traces per second is reached.
 */
export async function sendFollowed(client: Client, event: TestEvent): Promise<{ eventId: string; error?: string }> {
  const eventId = `console-${crypto.randomUUID()}`
  const traceparent = `00-${randomHex(16)}-${randomHex(8)}-01`
  const { error } = await client
    .mutation(
      RecordDocument,
      { events: [{ ...event, eventId }] },
      { fetchOptions: { headers: { ...accessHeaders(), traceparent } } },
    )
    .toPromise()
  return { eventId, ...(error && { error: sayError(error) }) }
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
