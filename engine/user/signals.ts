import type { EventType, Interaction } from '../types.ts'

/** Ratings from here on say "liked"; below, the item was met but not liked. Half stars are allowed. */
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

/** How much an event speaks for its item, from -1 to 1. A rating counts by its distance from 2.5 stars. */
export function strengthOf(event: Signal): number {
  if (event.type !== 'RATING' || event.value === null) return strengthByType[event.type]
  return Math.max(-1, Math.min(1, (event.value - 2.5) / 2.5))
}

/** Whether the user met the item of their own will; these make the sequence that co-occurrence learns from. A low rating is a touch too. */
export function isTouch(type: EventType): boolean {
  return strengthByType[type] > 0
}

/** Whether the event says that the user wanted the item: what a recommender should have foreseen. */
export function isPositive(event: Signal): boolean {
  if (event.type === 'RATING' && event.value !== null) return event.value >= likedStarsMin
  return strengthByType[event.type] > 0
}

/** Whether the item need not be shown to the user again: bought, rated or turned down. Views do not count. */
export function marksSeen(type: EventType): boolean {
  return type === 'PURCHASE' || type === 'RATING' || type === 'DISLIKE' || type === 'DISMISS' || type === 'REFUND'
}

/** Whether the event turns the item down. A low rating does not: it is a weak sign, and counts by its strength. */
export function isRejection(type: EventType): boolean {
  return type === 'DISLIKE' || type === 'DISMISS' || type === 'REFUND'
}
