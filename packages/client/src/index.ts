export type { TypedDocument } from './document.ts'
export { type Issue, PickstreamError } from './errors.ts'
export { forwardSubscription } from './forward-subscription.ts'
export type { EventInput, EventType, ItemFilter, SessionEventInput, TrendWindow } from './generated/operations.ts'
export {
  changeHeldList,
  type HeldList,
  type HeldListChange,
  heldListOf,
  type ListLike,
  picksShown,
  picksWaiting,
} from './held-list.ts'
export { observeHold } from './hold.ts'
export type { RequestOptions } from './http.ts'
export { newId } from './ids.ts'
export { type ImpressionObserver, type ImpressionsOptions, observeImpressions, type SeenItem } from './impressions.ts'
export type { ConnectionStatus, Sink } from './live.ts'
export type {
  HomeOptions,
  ListOptions,
  ListPick,
  PickstreamOptions,
  RankOptions,
  RecommendationList,
  RecommendationsOptions,
  StartPage,
  TrendingOptions,
  WatchHomeOptions,
  WatchOptions,
  WatchTrendingOptions,
} from './options.ts'
export type { QueueStorage } from './outbox-storage.ts'
export { partitionOf } from './partition.ts'
export { Pickstream } from './pickstream.ts'
export type { QueuedEvent } from './queued-event.ts'
export type { Message, Operation } from './transport.ts'
export { createStore, type ValueStore, type WritableStore } from './value-store.ts'
