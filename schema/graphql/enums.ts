import { registerEnumType } from 'type-graphql'
import { type EventType, eventTypes } from '../records/interaction.ts'
import type { TrendWindow } from '../records/ranked-list.ts'

export const EventTypeEnum = Object.fromEntries(eventTypes.map((type) => [type, type])) as Record<EventType, EventType>
registerEnumType(EventTypeEnum, { name: 'EventType', description: 'What a visitor did with an item.' })

export type EventPriority = 'LIVE' | 'BULK'
export const EventPriorityEnum: Record<EventPriority, EventPriority> = { LIVE: 'LIVE', BULK: 'BULK' }
registerEnumType(EventPriorityEnum, {
  name: 'EventPriority',
  description: "BULK: durable and counted like any event, but never delays a visitor's list.",
})

export const TrendWindowEnum: Record<TrendWindow, TrendWindow> = { HOUR: 'HOUR', DAY: 'DAY', WEEK: 'WEEK' }
registerEnumType(TrendWindowEnum, { name: 'TrendWindow', description: 'How far back a trend looks.' })
