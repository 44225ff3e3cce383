/** What people can do with an item. The order is part of stored formats: append only. */
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
  /** When it happened, milliseconds since 1970; the only clock the engine knows. */
  timestamp: number
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

/** Why an item stands in a list, in the terms of the public contract. */
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
  /** The name of the source that carried the item. */
  source: string
}
