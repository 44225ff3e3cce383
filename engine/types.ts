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
] as const

export type EventType = (typeof eventTypes)[number]

export interface Interaction {
  eventId: string
  userId: string
  itemId: string
  type: EventType
  /** Stars for RATING (0 to 5), otherwise null or a weight that is not read. */
  value: number | null
  quantity: number
  /** Event time, ms since 1970. The engine reads no other clock. */
  timestamp: number
  /** The list that the event is about. Default: null. */
  recommendationId?: string | null
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
