import type { EventType, Interaction } from '../types.ts'

/** Minimum stars of a positive rating. Half stars are allowed. */
export const likedStarsMin = 3.5

const strengthByType: Record<EventType, number> = {
  VIEW: 0.4,
  CLICK: 0.5,
  LIKE: 1,
  DISLIKE: -1,
  RATING: 1,
  CART: 0.8,
  UNCART: -0.4,
  PURCHASE: 1,
  REFUND: -0.8,
  DISMISS: -0.8,
  IMPRESSION: 0,
}

type Signal = Pick<Interaction, 'type' | 'value'>

/** Returns the strength of an event as implicit feedback, -1 to 1. A rating counts by its distance from 2.5 stars. */
export function strengthOf(event: Signal): number {
  if (event.type !== 'RATING' || event.value === null) return strengthByType[event.type]
  return Math.max(-1, Math.min(1, (event.value - 2.5) / 2.5))
}

/**
 * Whether the event is an interaction by choice of the user. Touches form the sequence for co-occurrence; a low rating
 * is one too.
 */
export function isTouch(type: EventType): boolean {
  return strengthByType[type] > 0
}

/** Whether the event is positive feedback, that is, a target for evaluation. */
export function isPositive(event: Signal): boolean {
  if (event.type === 'RATING' && event.value !== null) return event.value >= likedStarsMin
  return strengthByType[event.type] > 0
}

/** Whether the event excludes its item from later lists: a purchase, a rating or a rejection. Views do not. */
export function marksSeen(type: EventType): boolean {
  return type === 'PURCHASE' || type === 'RATING' || type === 'DISLIKE' || type === 'DISMISS' || type === 'REFUND'
}

/** Whether the event rejects the item. A low rating does not; it counts by its (negative) strength. */
export function isRejection(type: EventType): boolean {
  return type === 'DISLIKE' || type === 'DISMISS' || type === 'REFUND'
}
