import { RecordError } from './record-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

export const encodeJson = (record: unknown): Uint8Array => Buffer.from(JSON.stringify(record))

/**
 * @throws RecordError where it is no JSON, no UTF-8, an envelope around a record, or has a text that no UTF-8 can hold
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

/** {schema, payload} or {op, before, after} around what is meant. */
function isEnvelope(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || 'v' in value) return false
  return 'payload' in value || ('op' in value && ('after' in value || 'before' in value))
}

/** An escape can say half of a surrogate pair; written as bytes it would be another text, and an id another one's. */
function wellFormed(name: string, value: unknown): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new Error(`${name}: no well-formed Unicode, ${JSON.stringify(value)}`)
  }
  return value
}
