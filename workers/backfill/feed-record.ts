import { internalHeaders, internalMacOf } from '../../schema/records/headers.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import { topics } from '../../schema/topics.ts'
import type { Arrival, Outcome } from '../runner/stage.ts'

/** A larger record could be rejected by the brokers once its position in the backfill is added to its headers. */
const valueBytesMax = 900 * 1024

/** @throws RecordError if the record is too large to be written again */
export function boundedValue(value: Uint8Array | null): Uint8Array | null {
  if (value === null || value.length <= valueBytesMax) return value
  throw new RecordError(`value: expected at most ${valueBytesMax} bytes, got ${value.length}`)
}

export interface FeedContext {
  readonly authenticator: RecordAuthenticator
}

/**
 * Copies a record of topic `interactions.backfill` to `interactions` without decoding it; the embed stage decodes it.
 * Headers of the copy are the position in the backfill, which erasures, readers with a token and the detection of
 * repeated copies need, and the proof that Pickstream wrote it. Other headers are not copied.
 */
export function feedRecord(
  value: Uint8Array | null,
  { key, position, headers }: Arrival,
  _before: undefined,
  { authenticator }: FeedContext,
): Outcome<undefined> {
  const mac = internalMacOf(headers)
  const source = authenticator.headersOf({ kind: 'backfill', position }, { key, value })
  const emit = {
    topic: topics.interactions,
    key,
    value: value === null ? null : () => value,
    headers: mac === undefined ? source : { ...source, ...internalHeaders(mac) },
  }
  return { emits: [emit] }
}
