import { registerEnumType } from 'type-graphql'
import { type EventType, eventTypes } from '../records/interaction.ts'
import type { TrendWindow } from '../records/ranked-list.ts'

export const EventTypeEnum = Object.fromEntries(eventTypes.map((type) => [type, type])) as Record<EventType, EventType>
const eventTypeTexts: Record<EventType, string> = {
  VIEW: "Opened the item's page.",
  CLICK: 'Clicked the item in a list.',
  LIKE: 'Said to like the item.',
  DISLIKE: 'Said not to like the item: it leaves the lists.',
  RATING: 'Rated the item with `value` stars: it leaves the lists.',
  CART: 'Put the item into the basket.',
  UNCART: 'Took the item out of the basket.',
  PURCHASE: 'Bought the item: it leaves the lists.',
  REFUND: 'Sent the item back: it leaves the lists.',
  DISMISS: 'Closed the recommendation of the item: it leaves the lists.',
  IMPRESSION: 'The item of a list was in view.',
  CONSUME: 'Watched, read or listened to the item; `portion` says how much of it.',
}
registerEnumType(EventTypeEnum, {
  name: 'EventType',
  description: 'What a visitor did with an item.',
  valuesConfig: describeValues(eventTypeTexts),
})

export type EventPriority = 'LIVE' | 'BULK'
export const EventPriorityEnum: Record<EventPriority, EventPriority> = { LIVE: 'LIVE', BULK: 'BULK' }
registerEnumType(EventPriorityEnum, {
  name: 'EventPriority',
  description: 'How urgently events are processed. Both are durable and count alike.',
  valuesConfig: describeValues({
    LIVE: 'Processed at once.',
    BULK: "Processed while the stages that compute visitors' lists are idle: never delays a visitor's list.",
  }),
})

export const TrendWindowEnum: Record<TrendWindow, TrendWindow> = { HOUR: 'HOUR', DAY: 'DAY', WEEK: 'WEEK' }
registerEnumType(TrendWindowEnum, {
  name: 'TrendWindow',
  description: 'How far back a trend looks.',
  valuesConfig: describeValues({
    HOUR: 'Counts with a half-life of an hour.',
    DAY: 'Counts with a half-life of a day.',
    WEEK: 'Counts with a half-life of a week.',
  }),
})

export type HomeRowKind = 'FOR_YOU' | 'CONTINUE' | 'BUY_AGAIN' | 'BECAUSE_OF' | 'CATEGORY' | 'TRENDING' | 'NEW'
const homeRowTexts: Record<HomeRowKind, string> = {
  FOR_YOU: "The best of the user's list.",
  CONTINUE: 'Items that the user began and did not finish, the latest first.',
  BUY_AGAIN: 'Items that the user bought and may buy again.',
  BECAUSE_OF: 'Items recommended because of one item that the user reacted to.',
  CATEGORY: 'The best of one category that the user likes.',
  TRENDING: 'Items that trend now.',
  NEW: 'The newest of the catalog.',
}
export const HomeRowKindEnum = Object.fromEntries(Object.keys(homeRowTexts).map((kind) => [kind, kind])) as Record<
  HomeRowKind,
  HomeRowKind
>
registerEnumType(HomeRowKindEnum, {
  name: 'HomeRowKind',
  description: 'What the items of a row have in common.',
  valuesConfig: describeValues(homeRowTexts),
})

export function describeValues<Value extends string>(
  texts: Record<Value, string>,
): Record<Value, { description: string }> {
  const values = Object.entries<string>(texts).map(([value, description]) => [value, { description }])
  return Object.fromEntries(values) as Record<Value, { description: string }>
}
