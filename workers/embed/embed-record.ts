import { partitionOf } from '../../platform/partitioner.ts'
import { encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import type { Arrival, Emit, Outcome } from '../runner/stage.ts'
import { updateUser } from './update-user.ts'
import type { EmbedContext } from './user-outcome.ts'

export interface EmbedRecordContext extends EmbedContext {
  /** Partitions of topic interactions. */
  readonly partitions: number
  readonly authenticator: RecordAuthenticator
}

/**
 * Maximum size of a forwarded record: less than the brokers accept (1 MiB), with room for key and headers. A forward
 * that the brokers reject would stop its partition.
 */
const forwardedBytesMax = 900 * 1024

/**
 * Applies a record that is in its user's partition, and forwards any other to that partition. A writer with another
 * partitioner, or without keys, puts records of one user into several partitions, and only records of one partition are
 * ordered.
 *
 * A forward is durable before its source is committed, so a crash in between writes a second copy. The copy names its
 * source (schema/records/forwarded.ts), so that it is applied once. A source that no stage signed does not count as
 * one.
 *
 * @throws RecordError if the record is too large to be written again, or is of an internal kind and not signed
 */
export function embedRecord(
  record: InteractionRecord,
  arrival: Arrival,
  before: UserState | undefined,
  context: EmbedRecordContext,
): Outcome<UserState> {
  const key = record.userId
  context.authenticator.checkSigned(record, arrival)
  if (arrival.position.partition !== partitionOf(key, context.partitions)) return forward(record, arrival, context)
  const source = context.authenticator.sourceOf(arrival)
  const { position, appendedAt } = arrival
  const outcome = updateUser(record, { key, position, appendedAt, source }, before, context)
  const signed = record.kind === 'identify' ? withSignedEmits(outcome, context) : outcome
  return source?.isVerified === false ? { ...signed, unverified: true } : signed
}

/** Signs the emits that move a guest's history through topic interactions. */
function withSignedEmits(outcome: Outcome<UserState>, { authenticator }: EmbedRecordContext): Outcome<UserState> {
  const signed = (emit: Emit): Emit => {
    if (emit.topic !== topics.interactions || emit.value === null) return emit
    const { key } = emit
    const value = emit.value()
    return { ...emit, value: () => value, headers: authenticator.signed('adopt', { key, value }) }
  }
  return { ...outcome, emits: outcome.emits?.map(signed) }
}

function forward(
  record: InteractionRecord,
  { position }: Arrival,
  { authenticator }: EmbedRecordContext,
): Outcome<UserState> {
  const bytes = encodeInteraction(record)
  if (bytes.length > forwardedBytesMax) {
    throw new RecordError(
      `value: expected at most ${forwardedBytesMax} bytes in a record outside its key's partition, got ${bytes.length}`,
    )
  }
  const key = record.userId
  const copy = { key, value: bytes }
  const headers = authenticator.signed(
    record.kind,
    copy,
    authenticator.headersOf({ kind: 'forwarded', position }, copy),
  )
  return { emits: [{ topic: topics.interactions, key, value: () => bytes, headers }], forwarded: true }
}
