import { decodeVersioned, encodeVersioned } from './codec.ts'
import type { EventType } from './interaction.ts'

/** An event that counted: a record of topic `history` (kind event) and a row of events_by_user. */
export interface HistoryEvent {
  readonly eventId: string
  readonly itemId: string
  readonly type: EventType
  readonly value: number | null
  readonly quantity: number
  /** When it happened, ms. */
  readonly at: number
  readonly recommendationId: string | null
}

/** A record of topic `history`, keyed by user. `offset` is the record's place in topic interactions. */
export type HistoryRecord =
  | { readonly kind: 'event'; readonly userId: string; readonly offset: number; readonly event: HistoryEvent }
  /** `offsets` are places as historySeq makes them. */
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
 * An event's place in its user's history: its offset in topic interactions. Events adopted from a guest share the offset
 * of the adoption and are told apart by parts of one. @param part 1 to 4095 for adopted events
 */
export const historySeq = (offset: number, part = 0): number => offset + part / partsMax

/** Clustering key of events_by_user: the log's order as text. */
export function historyCluster(seq: number): string {
  const offset = Math.floor(seq)
  const part = (seq - offset) * partsMax
  return offset.toString(16).padStart(13, '0') + (part === 0 ? '' : `.${part.toString(16).padStart(4, '0')}`)
}

export const encodeHistory = (record: HistoryRecord): Uint8Array => encodeVersioned(1, record)
export const decodeHistory = (bytes: Uint8Array): HistoryRecord => decodeVersioned(1, bytes, 'history')
export const encodeHistoryEvent = (event: HistoryEvent): Uint8Array => encodeVersioned(1, event)
export const decodeHistoryEvent = (bytes: Uint8Array): HistoryEvent => decodeVersioned(1, bytes, 'events_by_user')
