import type { EventDetails } from '../../engine/types.ts'
import { checkVersion, decodeVersioned, encodeVersioned } from './codec.ts'
import { type DetailFields, packDetails, unpackDetails } from './event-details.ts'
import { type EventType, eventTypes } from './interaction.ts'

/** An event that counts: a record of topic `history` (kind event) and a row of events_by_user. */
export interface HistoryEvent extends EventDetails {
  readonly eventId: string
  readonly itemId: string
  readonly type: EventType
  readonly value: number | null
  readonly quantity: number
  /** When it happened, ms. */
  readonly timestamp: number
  readonly recommendationId: string | null
}

/** A record of topic `history`, keyed by user. `offset` is the record's offset in topic interactions. */
export type HistoryRecord =
  | { readonly kind: 'event'; readonly userId: string; readonly offset: number; readonly event: HistoryEvent }
  /** `offsets` are positions as historySeq makes them. */
  | { readonly kind: 'undo'; readonly userId: string; readonly offset: number; readonly offsets: readonly number[] }
  | {
      readonly kind: 'adopt'
      readonly userId: string
      readonly offset: number
      readonly events: readonly HistoryEvent[]
    }
  | { readonly kind: 'forget'; readonly userId: string; readonly offset: number }

const partsMax = 2 ** 12

/**
 * An event's position in its user's history: its offset in topic interactions. Events adopted from a guest share the
 * offset of the adoption and are distinguished by fractions. @param part 1 to 4095 for adopted events
 */
export const historySeq = (offset: number, part = 0): number => offset + part / partsMax

/**
 * Clustering key of events_by_user: the log's order as text. In an epoch above 0, it begins with the epoch, so it sorts
 * after all keys of earlier epochs, which begin with 0. Rows of earlier releases have no epoch in their key.
 */
export function historyCluster(seq: number, epoch = 0): string {
  const offset = Math.floor(seq)
  const part = (seq - offset) * partsMax
  const place = offset.toString(16).padStart(13, '0') + (part === 0 ? '' : `.${part.toString(16).padStart(4, '0')}`)
  return epoch === 0 ? place : `e${epoch.toString(16).padStart(4, '0')}${place}`
}

/** Whether the text may be a key that historyCluster makes. */
export const isHistoryCluster = (text: string): boolean => /^(e[0-9a-f]{4})?0[0-9a-f]{12}(\.[0-9a-f]{4})?$/.test(text)

const version = 1
const what = 'history'
const rowWhat = 'events_by_user'

/** After the version: kind (1) · offset (8). Then, for an event, its row of events_by_user; otherwise fields. */
const headBytes = 9
const kinds = ['event', 'undo', 'adopt', 'forget'] as const

/** The user is in the record's key, and not in the value. */
export function encodeHistory(record: HistoryRecord): Buffer {
  const body = record.kind === 'event' ? rowFields(record.event) : restOf(record)
  const rowHeadBytes = record.kind === 'event' ? 2 : 0
  const bytes = encodeVersioned(version, body, headBytes + rowHeadBytes)
  bytes[1] = kinds.indexOf(record.kind)
  bytes.writeDoubleBE(record.offset, 2)
  if (record.kind === 'event') writeRowHead(bytes.subarray(1 + headBytes), record.event)
  return bytes
}

/** @throws Error for another format version or kind, or for bytes that are not fields */
export function decodeHistory(userId: string, bytes: Uint8Array): HistoryRecord {
  const row = historyRowOf(userId, bytes)
  if (row !== undefined) return { kind: 'event', userId, offset: row.offset, event: decodeHistoryEvent(row.value) }
  const offset = offsetIn(bytes)
  const kind = kinds[bytes[1]!]
  if (kind === 'forget') return { kind, userId, offset } // without fields
  if (kind === undefined) throw new Error(`${what}: expected a kind from 0 to ${kinds.length - 1}, got ${bytes[1]}`)
  const fields = decodeVersioned<unknown>(version, bytes, what, headBytes)
  if (kind === 'undo') return { kind, userId, offset, offsets: fields as number[] }
  return { kind: 'adopt', userId, offset, events: (fields as EventFields[]).map(toEvent) }
}

/** An event of topic history as its row of events_by_user. */
export interface HistoryRow {
  readonly kind: 'row'
  readonly userId: string
  readonly offset: number
  readonly value: Uint8Array
}

/** The row in an encoded record, without decoding it; undefined if the record is not an event. */
export function historyRowOf(userId: string, bytes: Uint8Array): HistoryRow | undefined {
  checkVersion(version, bytes, what)
  if (kinds[bytes[1]!] !== 'event') return undefined
  return { kind: 'row', userId, offset: offsetIn(bytes), value: bytes.subarray(1 + headBytes) }
}

/** A row of events_by_user: version (1) · whether it names a list (1) · fields. */
export function encodeHistoryEvent(event: HistoryEvent): Buffer {
  const bytes = encodeVersioned(version, rowFields(event), 1)
  writeRowHead(bytes, event)
  return bytes
}

export const decodeHistoryEvent = (bytes: Uint8Array): HistoryEvent =>
  toEvent(decodeVersioned<EventFields>(version, bytes, rowWhat, 1))

type EventFields = readonly [
  eventId: string,
  itemId: string,
  type: number,
  value: number | null,
  quantity: number,
  at: number,
  recommendationId: string | null,
  details?: DetailFields,
]

function rowFields(event: HistoryEvent): EventFields {
  const { eventId, itemId, type, value, quantity, timestamp, recommendationId } = event
  const fields = [eventId, itemId, eventTypes.indexOf(type), value, quantity, timestamp, recommendationId] as const
  const details = packDetails(event)
  return details ? [...fields, details] : fields
}

function toEvent(fields: EventFields): HistoryEvent {
  const [eventId, itemId, type, value, quantity, timestamp, recommendationId, details] = fields
  const event = { eventId, itemId, type: eventTypes[type]!, value, quantity, timestamp, recommendationId }
  return details ? { ...event, ...unpackDetails(details) } : event
}

function writeRowHead(bytes: Uint8Array, { recommendationId }: HistoryEvent): void {
  bytes[0] = version
  bytes[1] = recommendationId === null ? 0 : 1
}

function restOf(record: Exclude<HistoryRecord, { kind: 'event' }>): unknown {
  if (record.kind === 'undo') return record.offsets
  return record.kind === 'adopt' ? record.events.map(rowFields) : null
}

const offsetIn = ({ buffer, byteOffset, byteLength }: Uint8Array): number =>
  new DataView(buffer, byteOffset, byteLength).getFloat64(2)
