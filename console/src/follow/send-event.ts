import type { Client } from 'urql'
import { accessHeaders } from '../access.ts'
import { type EventType, RecordDocument } from '../generated/graphql.ts'

export interface TestEvent {
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
}

/**
 * Records an event that is followed for certain: with a trace of its own (W3C Trace Context), where a client's events are
 * followed only as far as the sampling rate goes.
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
  return { eventId, ...(error && { error: error.message }) }
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
