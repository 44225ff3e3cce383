import type { ErrorObject } from 'ajv'
import { cutJson } from '../cut-text.ts'

/**
 * A record that no stage can process. The message names the rule and the value; the record goes to the dead-letter
 * topic.
 */
export class RecordError extends Error {
  override readonly name = 'RecordError'

  /** The first broken rule in words, with the value received. */
  static fromAjv(errors: ErrorObject[] | null | undefined, record: unknown): string {
    const error = errors?.find((e) => e.keyword !== 'oneOf') ?? errors?.[0]
    if (!error) return 'does not follow its schema'
    const path = error.instancePath.slice(1).replaceAll('/', '.') || 'value'
    const received = error.instancePath
      .split('/')
      .slice(1)
      .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], record)
    return `${path}: ${error.message} ${JSON.stringify(error.params)}, got ${show(received)}`
  }

  /** A key that is missing or differs from the id in the record; a writer must set both. */
  static ofKey(field: string, id: string, key: string): RecordError {
    const received = key === '' ? 'a record without a key' : JSON.stringify(key)
    return new RecordError(`key: expected the record's ${field} ${JSON.stringify(id)}, got ${received}`)
  }
}

/** JSON has no Infinity, which a number such as 1e999 is read as. */
const show = (value: unknown): string | undefined => (typeof value === 'number' ? String(value) : cutJson(value, 200))
