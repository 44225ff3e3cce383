/** Event types. The order is part of the stored formats: append only. */
export const eventTypes = [
  'VIEW',
  'CLICK',
  'LIKE',
  'DISLIKE',
  'RATING',
  'CART',
  'UNCART',
  'PURCHASE',
  'REFUND',
  'DISMISS',
  'IMPRESSION',
  'CONSUME',
] as const

export type EventType = (typeof eventTypes)[number]

/** Optional details of an event. A detail that the event does not have is absent. */
export interface EventDetails {
  /** Position of the item in the list in which it was shown or clicked, 1 to 1,000. */
  position?: number
  /** CONSUME: the greatest portion so far, 0 to 1. */
  portion?: number
  /** CONSUME, VIEW, CLICK: time spent in seconds, 0 to 86,400. */
  seconds?: number
  /** PURCHASE, REFUND: price of one. */
  unitPrice?: number
  /** ISO 4217 code of the currency of `unitPrice`. */
  currency?: string
}

export interface Interaction extends EventDetails {
  eventId: string
  userId: string
  itemId: string
  type: EventType
  /** Stars for RATING (0 to 5); for other types null or a number that is ignored. */
  value: number | null
  quantity: number
  /** Event time, ms since 1970. The engine reads no other clock. */
  timestamp: number
  /** The list that the event is about. Default: null. */
  recommendationId?: string | null
}

/** Returns the details of an event alone, without those it does not have. */
export function detailsOf({ position, portion, seconds, unitPrice, currency }: Nullable<EventDetails>): EventDetails {
  return {
    ...(position != null && { position }),
    ...(portion != null && { portion }),
    ...(seconds != null && { seconds }),
    ...(unitPrice != null && { unitPrice }),
    ...(currency != null && { currency }),
  }
}

type Nullable<T> = { readonly [Name in keyof T]?: T[Name] | null }

/** A typed property of an item. Exactly one of `text`, `number` and `flag` is not null. */
export interface ItemAttribute {
  readonly name: string
  readonly text: string | null
  readonly number: number | null
  readonly flag: boolean | null
}

export interface ItemMeta {
  id: string
  title: string
  description: string | null
  categories: string[]
  tags: string[]
  price: number | null
  available: boolean
  /** Milliseconds since 1970, or null where unknown. */
  publishedAt: number | null
  /** Availability window, ms since 1970: listed from `availableFrom` (inclusive) until `availableUntil` (exclusive). */
  availableFrom?: number | null
  availableUntil?: number | null
  /** Variants of one product share it: a list holds at most one of them. */
  groupId?: string | null
  attributes?: readonly ItemAttribute[]
}

export type TrendWindow = 'HOUR' | 'DAY' | 'WEEK'

/** Reason for a recommendation, as in the public API. */
export type Reason =
  | { kind: 'because'; itemId: string; eventType: EventType }
  | { kind: 'popular'; window: TrendWindow }
  | { kind: 'taste'; categories: string[] }
  | { kind: 'new'; publishedAt: number | null }

export interface RankedCandidate {
  itemId: string
  /** Comparable within one list only. */
  score: number
  reason: Reason
  /** Name of the feature that contributed most. */
  source: string
}
