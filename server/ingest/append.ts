import { partitionOf } from '../../platform/partitioner.ts'
import type { LogRecord, Position } from '../../platform/ports/event-log.ts'
import { userHash } from '../../schema/causal-token.ts'
import { bulkHeaders, originHeaders } from '../../schema/records/headers.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import { topics } from '../../schema/topics.ts'
import type { RequestContext } from '../context.ts'

/**
 * A call with more events is appended at the rate at which the stages keep up, and its users are ranked after others unless
 * they are watched; smaller calls never wait.
 */
const unpacedRecordsMax = 20

type InteractionTopic = typeof topics.interactions | typeof topics.backfill

/**
 * Appends all records of a call, durable when it resolves. A large call to topic `interactions` goes in portions, each once
 * the backlog before the stages is short: platform/live-backlog.ts. Headers: `born`, when the server took them in (for the
 * time from event to push), and the trace they belong to: the client's own, or one begun here. Of a large call the first
 * record alone is traced: the stages decide on traced records one by one.
 */
export async function appendInteractions(
  records: readonly InteractionRecord[],
  { services: { log, clock, tracing, pacer, authenticator }, trace }: RequestContext,
  topic: InteractionTopic = topics.interactions,
): Promise<Position[]> {
  const [first] = records
  const attributes: Record<string, string> = first!.kind === 'event' ? { eventId: first!.eventId } : {}
  const span = tracing.begin('record', attributes, trace)
  const isPaced = topic === topics.interactions && records.length > unpacedRecordsMax
  const born = clock.now()
  const traced = { ...originHeaders(born, span?.traceparent), ...(isPaced && bulkHeaders) }
  const untraced = { ...originHeaders(born), ...bulkHeaders }
  const append = (some: readonly InteractionRecord[]) => log.append(topic, some.map(toLogRecord))
  const toLogRecord = (record: InteractionRecord): LogRecord => {
    const headers = isPaced && record !== first ? untraced : traced
    const keyed = { key: record.userId, value: encodeInteraction(record) }
    return { ...keyed, headers: authenticator.signed(record.kind, keyed, headers) }
  }
  try {
    return isPaced ? await pacer.inPortions(records, append) : await append(records)
  } finally {
    span?.end()
  }
}

/**
 * Where topic `interactions.backfill` ends in the user's partition, if records of it have not been fed into `interactions`
 * yet; else undefined: whatever was acknowledged there before the call stands in `interactions`.
 */
export async function pendingBackfill(
  userId: string,
  { services: { log } }: RequestContext,
): Promise<number | undefined> {
  const fed = await log.committedOffsets('backfill', topics.backfill)
  const ends = await log.endOffsets(topics.backfill)
  const partition = partitionOf(userId, ends.length)
  return ends[partition]! > (fed[partition] ?? 0) ? ends[partition] : undefined
}

/** By user hash: the newest position of each user. */
export function newestByUser(
  records: readonly InteractionRecord[],
  positions: readonly Position[],
): Map<string, LogPosition> {
  const newest = new Map<string, LogPosition>()
  records.forEach(({ userId }, n) => {
    const known = newest.get(userId)
    const { partition, offset } = positions[n]!
    if (!known || offset > known.offset) newest.set(userId, { partition, offset })
  })
  return new Map([...newest].map(([userId, position]) => [userHash(userId), position]))
}
