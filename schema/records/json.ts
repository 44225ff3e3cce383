import { RecordError } from './record-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

export const encodeJson = (record: unknown): Uint8Array => Buffer.from(JSON.stringify(record))

/** @throws RecordError where it is no JSON, no UTF-8, or has a text that no UTF-8 can hold */
export function decodeJson(value: Uint8Array): unknown {
  try {
    const text = decoder.decode(value)
    return /\\ud/i.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text)
  } catch (error) {
    throw new RecordError(`value: expected JSON in UTF-8 (${error instanceof Error ? error.message : error})`)
  }
}

/** An escape can say half of a surrogate pair; written as bytes it would be another text, and an id another one's. */
function wellFormed(name: string, value: unknown): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new Error(`${name}: no well-formed Unicode, ${JSON.stringify(value)}`)
  }
  return value
}
