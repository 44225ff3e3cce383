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
  CONSUME: 0.5,
}

type Signal = Pick<Interaction, 'type' | 'value' | 'portion' | 'seconds'>

/**
 * Returns the strength of an event as implicit feedback, -1 to 1. A rating counts by its distance from 2.5 stars; a
 * CONSUME by its portion and time, from 0.2 to 1; a VIEW or CLICK gains up to 0.2 by the time spent.
 */
export function strengthOf(event: Signal): number {
  const { type, value, seconds } = event
  if (type === 'CONSUME') return consumeStrength(event)
  if (type === 'RATING' && value !== null) return Math.max(-1, Math.min(1, (value - 2.5) / 2.5))
  return seconds === undefined ? strengthByType[type] : strengthByType[type] + timeBonus(event)
}

/** Returns what the time spent adds to the strength of a VIEW or CLICK, 0 to 0.2. */
export function timeBonus({ type, seconds }: Signal): number {
  return seconds !== undefined && (type === 'VIEW' || type === 'CLICK') ? 0.2 * timeShare(seconds) : 0
}

function consumeStrength({ portion, seconds }: Signal): number {
  if (portion === undefined && seconds === undefined) return strengthByType.CONSUME
  if (seconds === undefined) return 0.2 + 0.8 * portion!
  if (portion === undefined) return 0.2 + 0.5 * timeShare(seconds)
  return 0.2 + 0.6 * portion + 0.2 * timeShare(seconds)
}

const hourSeconds = 3600
const halfMinuteSeconds = 30

/** 0 to 1, by the logarithm of the time: 1 from an hour on. */
function timeShare(seconds: number): number {
  const share = Math.log1p(seconds / halfMinuteSeconds) / Math.log1p(hourSeconds / halfMinuteSeconds)
  return Math.min(1, share)
}

/**
 * Whether the event is a touch: the user chose the item. Touches form the sequences for co-occurrence. A low rating is
 * one too.
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
