import type { LogRecord, Position } from '../../platform/ports/event-log.ts'
import { userHash } from '../../schema/causal-token.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/picks.ts'
import { topics } from '../../schema/topics.ts'
import type { Services } from '../context.ts'

/**
 * One durable append for all records of a call. Headers: `born`, when the server took them in (for the time from event to
 * push), and the trace they belong to.
 */
export function appendInteractions(
  records: readonly InteractionRecord[],
  { log, clock }: Services,
  trace?: string,
): Promise<Position[]> {
  const headers: Record<string, string> = { born: String(clock.now()), ...(trace && { traceparent: trace }) }
  const keyed: LogRecord[] = records.map((record) => ({
    key: record.userId,
    value: encodeInteraction(record),
    headers,
  }))
  return log.append(topics.interactions, keyed)
}

/** By user hash: the newest position of each user. */
export function newestByUser(
  records: readonly InteractionRecord[],
  positions: readonly Position[],
): Map<string, LogPosition> {
  const newest = new Map<string, LogPosition>()
  const byUser = new Map<string, LogPosition>()
  for (let n = 0; n < records.length; n++) {
    const known = byUser.get(records[n].userId)
    if (!known || positions[n].offset > known.offset) byUser.set(records[n].userId, positions[n])
  }
  for (const [userId, { partition, offset }] of byUser) newest.set(userHash(userId), { partition, offset })
  return newest
}
