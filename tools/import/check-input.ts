import { aheadMsMax, decodeInteraction, encodeInteraction } from '../../schema/records/interaction.ts'
import { decodeItem, encodeItem } from '../../schema/records/item.ts'
import type { EventInput, ItemInput } from './to-input.ts'

/**
 * Checks an event by the rules of its record, so that the server accepts every event that passes.
 * @param now ms since 1970
 * @returns the event
 * @throws Error naming the field, the rule and the value received
 */
export function checkEvent(event: EventInput, now: number): EventInput {
  const timestamp = event.timestamp ?? new Date(now).toISOString()
  const { userId } = event
  decodeInteraction(userId, encodeInteraction({ v: 1, kind: 'event', ...event, timestamp }), now)
  if (Date.parse(timestamp) > now + aheadMsMax) {
    throw new Error(`timestamp: expected at most 5 minutes in the future, got "${timestamp}"`)
  }
  return event
}

/**
 * Checks an item by the rules of the server.
 * @returns the item
 * @throws Error naming the field, the rule and the value received
 */
export function checkItem(item: ItemInput): ItemInput {
  for (const text of [item.title, item.description ?? '', ...item.categories, ...item.tags]) {
    if (!text.isWellFormed()) throw new Error(`expected well-formed Unicode, got ${JSON.stringify(text.slice(0, 40))}`)
  }
  decodeItem(item.id, encodeItem({ v: 1, ...item }))
  return item
}
