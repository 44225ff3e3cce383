import type { Interaction } from '../../engine/types.ts'
import type { HistoryEvent } from '../../schema/records/history.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'

/** An event of the log as the engine takes it. */
export function toInteraction(record: EventRecord): Interaction {
  return {
    eventId: record.eventId,
    userId: record.userId,
    itemId: record.itemId,
    type: record.type,
    value: record.value ?? null,
    quantity: record.quantity ?? 1,
    timestamp: Date.parse(record.timestamp),
  }
}

/** The same as topic history and the archive keep it. */
export function toHistoryEvent(record: Omit<EventRecord, 'v' | 'kind' | 'userId'>): HistoryEvent {
  const { eventId, itemId, type, value = null, quantity = 1, timestamp, recommendationId = null } = record
  return { eventId, itemId, type, value, quantity, timestamp: Date.parse(timestamp), recommendationId }
}
