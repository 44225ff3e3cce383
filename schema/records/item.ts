import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { idBytesMax } from './interaction.ts'
import { decodeJson, encodeJson } from './json.ts'
import { RecordError } from './record-error.ts'

/** A record of topic `items`; its key is the item id, a null value removes the item. */
export interface ItemRecord {
  readonly v: 1
  readonly id: string
  readonly title: string
  readonly description?: string | null
  readonly categories?: readonly string[]
  readonly tags?: readonly string[]
  readonly price?: number | null
  readonly imageUrl?: string | null
  /** false: leaves every list within a second. true where left out. */
  readonly available?: boolean
  /** ISO 8601 */
  readonly publishedAt?: string | null
}

const labels = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: 100 }

export const itemSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A record of topic items',
  description: 'JSON in UTF-8; the record key is the id. A null value removes the item.',
  type: 'object',
  properties: {
    v: { const: 1 },
    id: { type: 'string', minLength: 1, maxLength: idBytesMax },
    title: { type: 'string', minLength: 1, maxLength: 1000 },
    description: { type: 'string', maxLength: 20_000, nullable: true },
    categories: labels,
    tags: labels,
    price: { type: 'number', minimum: 0, nullable: true },
    imageUrl: { type: 'string', maxLength: 2048, nullable: true },
    available: { type: 'boolean' },
    publishedAt: { type: 'string', format: 'date-time', nullable: true },
  },
  required: ['v', 'id', 'title'],
  additionalProperties: false,
} as const

// strictNumbers: JSON's 1e999 is Infinity, and no number that can be stored.
const ajv = new Ajv({ strict: false, strictNumbers: true })
formats.default(ajv)
const validate = ajv.compile<ItemRecord>(itemSchema)

export function encodeItem(record: ItemRecord): Uint8Array {
  return encodeJson(record)
}

/** @throws RecordError naming the rule and the value received */
export function decodeItem(key: string, value: Uint8Array): ItemRecord {
  const record = decodeJson(value)
  if (!validate(record)) throw new RecordError(RecordError.fromAjv(validate.errors, record))
  if (record.id !== key) throw RecordError.ofKey('id', record.id, key)
  return record
}
