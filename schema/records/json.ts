import { RecordError } from './record-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

export const encodeJson = (record: unknown): Uint8Array => Buffer.from(JSON.stringify(record))

/**
 * @throws RecordError if the value is not JSON, not UTF-8, an envelope around a record, or contains a text that UTF-8
 * cannot represent
 */
export function decodeJson(value: Uint8Array): unknown {
  if (value.length === 0)
    throw new RecordError('value: expected JSON, got 0 bytes (an item is removed by a null value)')
  let record: unknown
  try {
    const text = decoder.decode(value)
    record = /\\ud/i.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text)
  } catch (error) {
    throw new RecordError(`value: expected JSON in UTF-8 (${error instanceof Error ? error.message : error})`)
  }
  if (isEnvelope(record)) {
    throw new RecordError(
      'value: expected a record, got the envelope of a change-data-capture connector; unwrap it (Debezium: ExtractNewRecordState)',
    )
  }
  return record
}

/** An envelope around the record: {schema, payload} or {op, before, after}. */
function isEnvelope(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || 'v' in value) return false
  return 'payload' in value || ('op' in value && ('after' in value || 'before' in value))
}

/**
 * A JSON escape can represent half of a surrogate pair. Written as UTF-8 it would be another text, and an id would be
 * that of another user or item.
 */
function wellFormed(name: string, value: unknown): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new Error(`${name}: no well-formed Unicode, ${JSON.stringify(value)}`)
  }
  return value
}
