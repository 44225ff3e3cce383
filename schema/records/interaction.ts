import { type EventType, eventTypes } from '../../engine/types.ts'
import { currencyCodes, currencyRule } from '../currency.ts'
import { compileSchema } from './compile-schema.ts'
import { decodeJson, encodeJson } from './json.ts'
import { RecordError } from './record-error.ts'

/** Longest user, item or event id, in bytes of UTF-8. */
export const idBytesMax = 256
/** How far ahead of the log's clock an event may be; a later time is reduced to this limit. */
export const aheadMsMax = 5 * 60_000

export { type EventType, eventTypes }

/** An action of a visitor. Part of the public format that other services write. */
export interface EventRecord {
  readonly v: 1
  readonly kind: 'event'
  readonly eventId: string
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
  /** RATING only: 0 to 5 stars. */
  readonly value?: number | null
  /** Default: 1. */
  readonly quantity?: number
  /**
   * ISO 8601 with a zone; when it happened. At most 5 minutes after the log took it in: a later time counts as that.
   */
  readonly timestamp: string
  readonly recommendationId?: string | null
  /** 1 to 1000: position of the item in the list in which it was shown or clicked. */
  readonly position?: number | null
  /** CONSUME only: the greatest portion so far, 0 to 1. */
  readonly portion?: number | null
  /** CONSUME, VIEW and CLICK only: time spent, 0 to 86400. */
  readonly seconds?: number | null
  /** PURCHASE and REFUND only: price of one piece, 0 to 1e12. */
  readonly unitPrice?: number | null
  /** PURCHASE and REFUND only: currency of unitPrice, ISO 4217. Default: PICKSTREAM_CURRENCY. */
  readonly currency?: string | null
}

/** Bounds of the fields of an event, the same for every interface. */
export const positionMax = 1_000
export const secondsMax = 86_400
/** With the greatest quantity a revenue of 1e18, whose squares over all users stay finite. */
export const unitPriceMax = 1e12

/** Types of events that may have a field; fields that are not here: all. */
export const typesWith = {
  portion: ['CONSUME'],
  seconds: ['CONSUME', 'VIEW', 'CLICK'],
  unitPrice: ['PURCHASE', 'REFUND'],
  currency: ['PURCHASE', 'REFUND'],
} as const satisfies Partial<Record<keyof EventRecord, readonly EventType[]>>

export type FieldOfTypes = keyof typeof typesWith
export const fieldsOfTypes = Object.keys(typesWith) as readonly FieldOfTypes[]

export const mayHave = (field: FieldOfTypes, type: EventType): boolean =>
  (typesWith[field] as readonly EventType[]).includes(type)

/** Rules in words, the same in every interface. */
export const ratingRule = '0..5 stars for a RATING'
export const sinceRule = 'a time since 1970'
export const nothingFor = (field: FieldOfTypes, type: EventType): string =>
  `nothing for a ${type} (${typesWith[field].join(', ')} only)`

/** Removes events, as if they had not happened. */
export interface UndoRecord {
  readonly v: 1
  readonly kind: 'undo'
  readonly userId: string
  readonly eventIds: readonly string[]
}

/** Erases the user. */
export interface ForgetRecord {
  readonly v: 1
  readonly kind: 'forget'
  readonly userId: string
  /**
   * Erases also what waits in the user's partition of topic interactions.backfill before this offset. Left out: nothing
   * of it, or in that topic all that stands before this record.
   */
  readonly backfillBefore?: number
}

/** Keyed by the guest, who is merged into user `into`. */
export interface IdentifyRecord {
  readonly v: 1
  readonly kind: 'identify'
  /** The guest: the key of the record. */
  readonly userId: string
  readonly into: string
}

/** Internal: the events of a guest, which the user adopts. Keyed by the user. */
export interface AdoptRecord {
  readonly v: 1
  readonly kind: 'adopt'
  readonly userId: string
  /** Position of the identify record; identifies this adoption, so that it counts once. */
  readonly from: { readonly partition: number; readonly offset: number }
  /** The guest's profile as engine/user/profile.ts has it, without the vector. */
  readonly profile: Readonly<Record<string, unknown>>
  /** Events that the archive stores as the user's: full event ids, oldest first. */
  readonly events: readonly Omit<EventRecord, 'v' | 'kind' | 'userId'>[]
  /** Counts for placements and experiments, as schema/records/goals.ts packs them. Default: none. */
  readonly goals?: readonly unknown[]
}

/** Internal: requests that vector and list are computed again (a new model, newer neighbors), without an event. */
export interface RefreshRecord {
  readonly v: 1
  readonly kind: 'refresh'
  readonly userId: string
}

/**
 * Internal: what a rebuild found that the log says of the user, in place of the stored state. It holds as long as the
 * user's newest record before it stands at `upTo`: with another one in between it is out of date, and comes again.
 */
export interface RestoreRecord {
  readonly v: 1
  readonly kind: 'restore'
  readonly userId: string
  /** Id of the rebuild that made it. */
  readonly commandId: string
  /** Offset of the newest record that it includes. */
  readonly upTo: number
  /** As engine/user/profile.ts has it, without the vector. */
  readonly profile: Readonly<Record<string, unknown>>
  /** Hashes of the event ids that have counted, base64: the newest, and sealed buckets. */
  readonly recentIds: string
  readonly olderIds: readonly string[]
  readonly adopted: readonly { readonly partition: number; readonly offset: number }[]
  readonly backfill?: { readonly applied: number; readonly erasedBefore: number }
  readonly forwarded?: readonly { readonly partition: number; readonly offset: number }[]
}

export type InteractionRecord =
  | EventRecord
  | UndoRecord
  | ForgetRecord
  | IdentifyRecord
  | AdoptRecord
  | RefreshRecord
  | RestoreRecord

const anyId = { type: 'string', minLength: 1, maxLength: idBytesMax }
const id = { ...anyId, maxBytes: idBytesMax }
const version = { const: 1 }

const eventProperties = {
  eventId: id,
  itemId: id,
  type: { enum: eventTypes },
  value: { type: 'number', minimum: 0, maximum: 5, nullable: true },
  quantity: { type: 'integer', minimum: 1, maximum: 1_000_000, nullable: true },
  timestamp: { type: 'string', format: 'date-time' },
  recommendationId: { ...id, nullable: true },
  position: { type: 'integer', minimum: 1, maximum: positionMax, nullable: true },
  portion: { type: 'number', minimum: 0, maximum: 1, nullable: true },
  seconds: { type: 'number', minimum: 0, maximum: secondsMax, nullable: true },
  unitPrice: { type: 'number', minimum: 0, maximum: unitPriceMax, nullable: true },
  currency: { type: 'string', pattern: '^[A-Z]{3}$', nullable: true },
}
/** What a user's state already contains is moved unchanged. */
const adoptedProperties = {
  ...eventProperties,
  eventId: anyId,
  itemId: anyId,
  recommendationId: { type: 'string', maxLength: idBytesMax, nullable: true },
}
const eventRequired = ['eventId', 'itemId', 'type', 'timestamp']

const place = {
  type: 'object',
  properties: { partition: { type: 'integer', minimum: 0 }, offset: { type: 'integer', minimum: 0 } },
  required: ['partition', 'offset'],
  additionalProperties: false,
}

const shape = (kind: string, properties: object, required: string[], description: string) => ({
  description,
  type: 'object',
  properties: { v: version, kind: { const: kind }, userId: id, ...properties },
  required: ['v', 'kind', 'userId', ...required],
  additionalProperties: false,
})

/** JSON Schema of a record of topic `interactions`; its key is the userId, or left out. */
export const interactionSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A record of topic interactions',
  description: 'JSON in UTF-8; the record key is userId. Other services may write kinds event, undo and forget.',
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [
    shape('event', eventProperties, eventRequired, 'Something a visitor did.'),
    shape(
      'undo',
      { eventIds: { type: 'array', items: id, minItems: 1, maxItems: 1000 } },
      ['eventIds'],
      'Takes events back.',
    ),
    shape(
      'forget',
      { backfillBefore: { type: 'integer', minimum: 0 } },
      [],
      'Erases everything known of the user; with backfillBefore also what waits in interactions.backfill before that offset.',
    ),
    shape('identify', { into: id }, ['into'], 'The guest in userId is the user in `into`.'),
    shape(
      'adopt',
      {
        from: place,
        profile: { type: 'object' },
        events: {
          type: 'array',
          items: {
            type: 'object',
            properties: adoptedProperties,
            required: eventRequired,
            additionalProperties: false,
          },
        },
        goals: { type: 'array' },
      },
      ['from', 'profile', 'events'],
      'Internal: what a guest did, on its way to the user.',
    ),
    shape('refresh', {}, [], 'Internal: compute the list again.'),
    shape(
      'restore',
      {
        commandId: id,
        upTo: { type: 'integer', minimum: 0 },
        profile: { type: 'object' },
        recentIds: { type: 'string' },
        olderIds: { type: 'array', items: { type: 'string' } },
        adopted: { type: 'array', items: place },
        backfill: {
          type: 'object',
          properties: { applied: { type: 'integer', minimum: -1 }, erasedBefore: { type: 'integer', minimum: 0 } },
          required: ['applied', 'erasedBefore'],
          additionalProperties: false,
        },
        forwarded: { type: 'array', items: place },
      },
      ['commandId', 'upTo', 'profile', 'recentIds', 'olderIds', 'adopted'],
      'Internal: the state of a user as a rebuild made it from the log.',
    ),
  ],
} as const

const validate = compileSchema<InteractionRecord>(interactionSchema)

export function encodeInteraction(record: InteractionRecord): Uint8Array {
  return encodeJson(record)
}

/**
 * @param key of the record; empty where it has none: then the userId is the value's
 * @param appendedAt when the log took the record in, ms: bounds the event's own time, so that one wrong clock cannot
 *   move the time of the models
 * @throws RecordError naming the rule and the value received
 */
export function decodeInteraction(key: string, value: Uint8Array | null, appendedAt: number): InteractionRecord {
  if (value === null) throw new RecordError('value: expected JSON, got null (erase a user with kind "forget")')
  const record = decodeJson(value)
  if (!validate(record)) throw new RecordError(RecordError.fromAjv(validate.errors, record))
  if (key !== '' && record.userId !== key) throw RecordError.ofKey('userId', record.userId, key)
  if (record.kind === 'event') {
    checkEvent(record)
    const { quantity, ...event } = record
    return withBoundTime(quantity === null ? event : record, appendedAt)
  }
  if (record.kind !== 'adopt') return record
  return { ...record, events: record.events.map((event) => withBoundTime(event, appendedAt)) }
}

/** Rules that JSON Schema cannot express. */
function checkEvent(event: EventRecord): void {
  const { type, value, currency, timestamp } = event
  for (const field of fieldsOfTypes) {
    if (event[field] == null || mayHave(field, type)) continue
    const received = JSON.stringify(event[field])
    throw new RecordError(`${field}: expected ${nothingFor(field, type)}, got ${received}`)
  }
  if (type === 'RATING' && value == null) throw new RecordError(`value: expected ${ratingRule}, got null`)
  if (Date.parse(timestamp) < 0) throw new RecordError(`timestamp: expected ${sinceRule}, got ${quote(timestamp)}`)
  if (currency != null && !currencyCodes.has(currency)) {
    throw new RecordError(`currency: expected ${currencyRule}, got ${quote(currency)}`)
  }
}

/**
 * Bound, not refused: the server acknowledges by its own clock, and what it has acknowledged counts though that clock
 * be wrong, or be set back in between.
 */
function withBoundTime<Event extends { readonly timestamp: string }>(event: Event, appendedAt: number): Event {
  const { timestamp } = event
  const at = Date.parse(timestamp)
  const latest = appendedAt + aheadMsMax
  return at <= latest ? event : { ...event, timestamp: new Date(latest).toISOString() }
}

const quote = (text: string) => JSON.stringify(text)
