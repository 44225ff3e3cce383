import { partitionOf } from '../../platform/partitioner.ts'
import type { LogRecord, Position } from '../../platform/ports/event-log.ts'
import { userHash } from '../../schema/causal-token.ts'
import { bulkHeaders, originHeaders } from '../../schema/records/headers.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import { topics } from '../../schema/topics.ts'
import type { RequestContext } from '../context.ts'

/**
 * Calls with more events than this are appended at the rate at which the stages process them, and their users are
 * ranked after others unless they are watched. Smaller calls never wait.
 */
const unpacedRecordsMax = 20

type InteractionTopic = typeof topics.interactions | typeof topics.backfill

/**
 * Appends all records of a call; they are durable when it resolves. A large call to topic `interactions` is appended in
 * batches, each once the backlog of the stages is short (platform/live-backlog.ts). Sets the headers `born`, the time
 * of acceptance, from which the time from event to push is measured, and `traceparent`: the client's own trace, or one
 * that starts here. Of a large call only the first record is traced: the stages process traced records one by one.
 * @returns the position of each record, in order
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
    return isPaced ? await pacer.inBatches(records, append) : await append(records)
  } finally {
    span?.end()
  }
}

/**
 * Returns the end of topic `interactions.backfill` in the user's partition if records of it have not been copied to
 * `interactions` yet; else undefined: everything acknowledged there before the call is in `interactions`.
 */
export async function pendingBackfill(
  userId: string,
  { services: { log } }: RequestContext,
): Promise<number | undefined> {
  const copied = await log.committedOffsets('backfill', topics.backfill)
  const ends = await log.endOffsets(topics.backfill)
  const partition = partitionOf(userId, ends.length)
  return ends[partition]! > (copied[partition] ?? 0) ? ends[partition] : undefined
}

/** The newest position of each user, by user hash, as causal tokens have it. */
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
