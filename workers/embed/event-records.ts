import type { Interaction } from '../../engine/types.ts'
import { detailsOf } from '../../engine/types.ts'
import { epochHeaders } from '../../schema/records/headers.ts'
import { encodeHistory, type HistoryEvent, type HistoryRecord } from '../../schema/records/history.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import type { Emit } from '../runner/stage.ts'

/** Converts an event of the log to the engine's type. */
export function toInteraction(record: EventRecord): Interaction {
  return {
    eventId: record.eventId,
    userId: record.userId,
    itemId: record.itemId,
    type: record.type,
    value: record.value ?? null,
    quantity: record.quantity ?? 1,
    timestamp: Date.parse(record.timestamp),
    recommendationId: record.recommendationId ?? null,
    ...detailsOf(record),
  }
}

/** Converts an event to the form of topic history and the archive. */
export function toHistoryEvent(record: Omit<EventRecord, 'v' | 'kind' | 'userId'>): HistoryEvent {
  const { eventId, itemId, type, value = null, quantity = 1, timestamp, recommendationId = null } = record
  const event = { eventId, itemId, type, value, quantity, timestamp: Date.parse(timestamp), recommendationId }
  return { ...event, ...detailsOf(record) }
}

/** For topic history. */
export const historyEmit = (record: HistoryRecord, epoch: number): Emit => ({
  topic: topics.history,
  key: record.userId,
  headers: epochHeaders(epoch),
  value: () => encodeHistory(record),
})
