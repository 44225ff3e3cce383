import type { Position } from '../../platform/ports/event-log.ts'
import { userHash } from '../../schema/causal-token.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import { topics } from '../../schema/topics.ts'
import type { RequestContext } from '../context.ts'

/**
 * One durable append for all records of a call. Headers: `born`, when the server took them in (for the time from event to
 * push), and the trace they belong to: the client's own, or one begun here.
 */
export async function appendInteractions(
  records: readonly InteractionRecord[],
  { services: { log, clock, tracing }, trace }: RequestContext,
): Promise<Position[]> {
  const [first] = records
  const attributes = first.kind === 'event' ? { eventId: first.eventId } : {}
  const span = tracing.begin('record', attributes, trace)
  const headers = { born: String(clock.now()), ...(span && { traceparent: span.traceparent }) }
  try {
    const keyed = records.map((record) => ({ key: record.userId, value: encodeInteraction(record), headers }))
    return await log.append(topics.interactions, keyed)
  } finally {
    span?.end()
  }
}

/** By user hash: the newest position of each user. */
export function newestByUser(
  records: readonly InteractionRecord[],
  positions: readonly Position[],
): Map<string, LogPosition> {
  const newest = new Map<string, LogPosition>()
  records.forEach(({ userId }, n) => {
    const known = newest.get(userId)
    const { partition, offset } = positions[n]
    if (!known || offset > known.offset) newest.set(userId, { partition, offset })
  })
  return new Map([...newest].map(([userId, position]) => [userHash(userId), position]))
}
