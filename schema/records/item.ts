import type { ItemAttribute } from '../../engine/types.ts'
import { compileSchema } from './compile-schema.ts'
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
  /** false: the item leaves every list within a second. Default: true. */
  readonly available?: boolean
  /** ISO 8601 */
  readonly publishedAt?: string | null
  /** ISO 8601. Before this time the item is in no list; null: no limit. */
  readonly availableFrom?: string | null
  /** ISO 8601, after availableFrom. From this time on the item is in no list; null: no limit. */
  readonly availableUntil?: string | null
  /** The same for all variants of one product: a list contains at most one of them. 1 to 256 bytes. */
  readonly groupId?: string | null
  /** At most 32. A name may repeat. */
  readonly attributes?: readonly AttributeRecord[]
}

/** Name (1 to 64 bytes) and exactly one value. */
export interface AttributeRecord {
  readonly name: string
  /** 1 to 256 bytes. */
  readonly text?: string | null
  readonly number?: number | null
  readonly flag?: boolean | null
}

/** Bounds of attributes, the same for every interface. */
export const attributesMax = 32
export const attributeNameBytesMax = 64
export const attributeTextBytesMax = 256

/** The values of an attribute that are set; exactly one must be. */
export const givenValues = ({ text, number, flag }: Omit<AttributeRecord, 'name'>): unknown[] =>
  [text, number, flag].filter((value) => value != null)

export const toMs = (iso: string | null | undefined): number | null => (iso ? Date.parse(iso) : null)

/** The attributes of a record, with all three value fields of each. */
export const toAttributes = ({ attributes = [] }: ItemRecord): readonly ItemAttribute[] =>
  attributes.length === 0 ? noAttributes : attributes.map(toAttribute)

const toAttribute = ({ name, text = null, number = null, flag = null }: AttributeRecord) => ({
  name,
  text,
  number,
  flag,
})
const noAttributes: readonly ItemAttribute[] = []

const bounded = (bytesMax: number) => ({ type: 'string', minLength: 1, maxLength: bytesMax, maxBytes: bytesMax })

const labels = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: 100, nullable: true }

const attribute = {
  type: 'object',
  properties: {
    name: bounded(attributeNameBytesMax),
    text: { ...bounded(attributeTextBytesMax), nullable: true },
    number: { type: 'number', nullable: true },
    flag: { type: 'boolean', nullable: true },
  },
  required: ['name'],
  additionalProperties: false,
}

export const itemSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A record of topic items',
  description: 'JSON in UTF-8; the record key is the id. A null value removes the item.',
  type: 'object',
  properties: {
    v: { const: 1 },
    id: bounded(idBytesMax),
    title: { type: 'string', minLength: 1, maxLength: 1000 },
    description: { type: 'string', maxLength: 20_000, nullable: true },
    categories: labels,
    tags: labels,
    price: { type: 'number', minimum: 0, nullable: true },
    imageUrl: { type: 'string', maxLength: 2048, nullable: true },
    available: { type: 'boolean', nullable: true },
    publishedAt: { type: 'string', format: 'date-time', nullable: true },
    availableFrom: { type: 'string', format: 'date-time', nullable: true },
    availableUntil: { type: 'string', format: 'date-time', nullable: true },
    groupId: { ...bounded(idBytesMax), nullable: true },
    attributes: { type: 'array', items: attribute, maxItems: attributesMax, nullable: true },
  },
  required: ['v', 'id', 'title'],
  additionalProperties: false,
} as const

const validate = compileSchema<ItemRecord>(itemSchema)

export function encodeItem(record: ItemRecord): Uint8Array {
  return encodeJson(record)
}

/** @throws RecordError naming the rule and the value received */
export function decodeItem(key: string, value: Uint8Array): ItemRecord {
  const record = decodeJson(value)
  if (!validate(record)) throw new RecordError(RecordError.fromAjv(validate.errors, record))
  if (record.id !== key) throw RecordError.ofKey('id', record.id, key)
  checkWindow(record)
  record.attributes?.forEach(checkAttribute)
  return withDefaults(record)
}

/** Fields that are null are as good as left out, as in GraphQL. */
function withDefaults(record: ItemRecord): ItemRecord {
  const { categories, tags, attributes, available } = record
  if (![categories, tags, attributes, available].includes(null as never)) return record
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as unknown as ItemRecord
}

/** Rules that JSON Schema cannot express. */
function checkWindow({ availableFrom, availableUntil }: ItemRecord): void {
  if (availableFrom == null || availableUntil == null || Date.parse(availableFrom) < Date.parse(availableUntil)) return
  throw new RecordError(
    `availableUntil: expected a time after availableFrom (${availableFrom}), got ${JSON.stringify(availableUntil)}`,
  )
}

function checkAttribute(attribute: AttributeRecord, n: number): void {
  const values = givenValues(attribute)
  if (values.length === 1) return
  throw new RecordError(`attributes.${n}: expected exactly one of text, number and flag, got ${JSON.stringify(values)}`)
}
