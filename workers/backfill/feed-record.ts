import type { CopyAuthenticator } from '../../schema/records/copied-record.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import { topics } from '../../schema/topics.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

/** A larger record could be refused by the brokers once its place in the backfill is added to its headers. */
const valueBytesMax = 900 * 1024

/** @throws RecordError where the record is too large to be written again */
export function boundedValue(value: Uint8Array | null): Uint8Array | null {
  if (value === null || value.length <= valueBytesMax) return value
  throw new RecordError(`value: expected at most ${valueBytesMax} bytes, got ${value.length}`)
}

export interface FeedContext {
  readonly copies: CopyAuthenticator
}

/**
 * Copies a record of topic `interactions.backfill` to `interactions`, unread: the embed stage decodes it there. Its place in
 * the backfill goes along, so that erasures, readers with a token and repeated copies are told apart. Other headers do not.
 */
export function feedRecord(
  value: Uint8Array | null,
  { key, position }: Arrival,
  _before: undefined,
  { copies }: FeedContext,
): Outcome<undefined> {
  const emit = {
    topic: topics.interactions,
    key,
    value: value === null ? null : () => value,
    headers: copies.headersOf({ kind: 'backfill', position }, { key, value }),
  }
  return { emits: [emit] }
}
