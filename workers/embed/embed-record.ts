import { partitionOf } from '../../platform/partitioner.ts'
import type { CopyAuthenticator } from '../../schema/records/copied-record.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'
import { type EmbedContext, updateUser } from './update-user.ts'

export interface EmbedRecordContext extends EmbedContext {
  /** Partitions of topic interactions. */
  readonly partitions: number
  readonly copies: CopyAuthenticator
}

/** Less than the brokers take (1 MiB), with room for key and headers: a forward that is refused would stop its partition. */
const forwardedBytesMax = 900 * 1024

/**
 * Applies a record that stands in its user's partition, and forwards any other to there: a writer with another partitioner,
 * or without keys, puts records of one user into several partitions, and only within one is there an order of them.
 *
 * A forward is durable before its source is committed, so a crash in between writes a second copy. The copy names its
 * source (schema/records/forwarded.ts), so that it is applied once. A source that no stage signed does not count as one.
 *
 * @throws RecordError where the record is too large to be written again
 */
export function embedRecord(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedRecordContext,
): Outcome<UserState> {
  const key = record.userId
  if (arrival.position.partition !== partitionOf(key, context.partitions)) return forward(record, arrival, context)
  const source = context.copies.sourceOf(arrival)
  const { position, appendedAt } = arrival
  const outcome = updateUser(record, { key, position, appendedAt, source }, before, context)
  return source?.isVerified === false ? { ...outcome, unverified: true } : outcome
}

function forward(record: InteractionRecord, { position }: Arrival, { copies }: EmbedRecordContext): Outcome<UserState> {
  const bytes = encodeInteraction(record)
  if (bytes.length > forwardedBytesMax) {
    throw new RecordError(
      `value: expected at most ${forwardedBytesMax} bytes in a record outside its key's partition, got ${bytes.length}`,
    )
  }
  const key = record.userId
  const headers = copies.headersOf({ kind: 'forwarded', position }, { key, value: bytes })
  return { emits: [{ topic: topics.interactions, key, value: () => bytes, headers }], forwarded: true }
}
