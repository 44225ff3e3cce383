import type { ListEntry } from '../lists/list-cache.ts'
import type { FeedValue } from './feed.ts'

type Headers = FeedValue<unknown>['headers']

/** The part of a value that is compared. */
export interface Shown {
  /** Orders values as strings; equal for values of which each replaces the previous one. */
  readonly revision: string
  /** What may differ in addition to the items. */
  readonly label: string | null
  readonly items: readonly string[]
}

/** A value built from an entry. */
export interface Built<T> {
  readonly value: T
  readonly shown: Shown
  /**
   * Whether other data that was read is older than the entry, so that the value is built again soon. Default: false.
   */
  readonly isBehind?: boolean
}

/** How a value differs from the previous one. */
export type Change = 'older' | 'none' | 'content' | 'newer'

/** Why a value is built without a new entry: it is emitted if it differs, or in any case, for a later subscriber. */
export type Wanted = 'compare' | 'repeat'

export type ViewEvent<T> =
  /** A record of topic lists. */
  | { readonly type: 'record'; readonly entry: ListEntry; readonly headers?: Headers }
  | { readonly type: 'wanted'; readonly wanted: Wanted }
  | { readonly type: 'read'; readonly entry: ListEntry }
  | { readonly type: 'readFailed' }
  | { readonly type: 'built'; readonly built: Built<T> }
  | { readonly type: 'buildFailed' }
  /** The time of a `retry` has passed. */
  | { readonly type: 'retryDue' }
  | { readonly type: 'closed' }

export type ViewEffect<T> =
  /** Answered by `read` or `readFailed`. */
  | { readonly type: 'read' }
  /** Answered by `built` or `buildFailed`. */
  | { readonly type: 'build'; readonly entry: ListEntry }
  /** Answered by `retryDue`. */
  | { readonly type: 'retry'; readonly afterMs: number }
  /** A first subscriber has joined: a new list is requested if this one is stale. */
  | { readonly type: 'refresh'; readonly entry: ListEntry }
  | { readonly type: 'emit'; readonly value: T; readonly change: Change; readonly headers?: Headers }

interface Next {
  readonly entry: ListEntry
  readonly headers?: Headers
}

/** A watched list or page. An idle view holds no entry except an erasure, which keeps the memory of many views small. */
export interface ViewState {
  /** Until the first read has ended, a record of the topic may be older than the list that is stored. */
  readonly hasRead: boolean
  readonly isReading: boolean
  /** The build in progress. */
  readonly building: { readonly wanted: Wanted | undefined; readonly headers?: Headers } | undefined
  /** The entry to build next. */
  readonly next: Next | undefined
  readonly wanted: Wanted | undefined
  /** The revision of the newest entry built. */
  readonly newestRevision: bigint
  /** The newest entry built, if it is an erasure of the user, which the store does not contain. */
  readonly erased: ListEntry | undefined
  readonly shown: Shown | undefined
  /** A `retry` is pending. */
  readonly isRetrying: boolean
  /** Number of successive attempts that failed or found a store that is behind. */
  readonly failures: number
  readonly isClosed: boolean
}

export interface ViewStep<T> {
  readonly state: ViewState
  readonly effects: readonly ViewEffect<T>[]
}

/** Delay before a retry: the first one, and the maximum. */
export const retryMsMin = 100
export const retryMsMax = 2_000
/** Maximum successive builds because the data read was older than the entry. */
export const behindRetriesMax = 5

export const newView: ViewState = {
  hasRead: false,
  isReading: false,
  building: undefined,
  next: undefined,
  wanted: undefined,
  newestRevision: -1n,
  erased: undefined,
  shown: undefined,
  isRetrying: false,
  failures: 0,
  isClosed: false,
}

/**
 * Returns how an event changes a view, and what to do then, in order.
 *
 * There is one build at a time, always of the newest entry. A build may wait for the store, and values must not
 * overtake each other; of the entries that arrive meanwhile only the newest is kept. An entry older than one that was
 * built is never built, so values only get newer. A value is emitted if it differs from the previous one, or if it was
 * requested. A failed step is retried, so the newest entry is shown in the end.
 */
export function stepView<T>(state: ViewState, event: ViewEvent<T>): ViewStep<T> {
  if (state.isClosed) return { state, effects: [] }
  switch (event.type) {
    case 'record':
      if (event.entry.revision < (state.next?.entry.revision ?? state.newestRevision)) return { state, effects: [] }
      return proceed({ ...state, next: { entry: event.entry, headers: event.headers }, failures: 0 })
    case 'wanted':
      return proceed({ ...state, wanted: both(state.wanted, event.wanted) })
    case 'read':
      return takeRead(state, event.entry)
    case 'readFailed':
      return retry({ ...state, isReading: false })
    case 'built':
      return takeBuilt(state, event.built)
    case 'buildFailed':
      return retry({ ...state, building: undefined, wanted: both(state.wanted, state.building?.wanted ?? 'compare') })
    case 'retryDue':
      return proceed({ ...state, isRetrying: false })
    case 'closed':
      return { state: { ...newView, isClosed: true }, effects: [] }
  }
}

/** Starts the next step, if there is one. */
function proceed<T>(state: ViewState, effects: readonly ViewEffect<T>[] = [], mayRead = true): ViewStep<T> {
  const { hasRead, isReading, building, wanted } = state
  if (building) return { state, effects }
  const { next } = state
  if (hasRead && next) {
    const { entry, headers } = next
    const begun = { building: { wanted, headers }, newestRevision: entry.revision, next: undefined, wanted: undefined }
    const erased = entry.erased ? entry : undefined
    return { state: { ...state, ...begun, erased }, effects: [...effects, { type: 'build', entry }] }
  }
  if (!wanted || isReading || !mayRead) return { state, effects }
  return { state: { ...state, isReading: true }, effects: [...effects, { type: 'read' }] }
}

/** Repeated work waits for the retry; a newer entry does not. */
function retry<T>(state: ViewState, effects: readonly ViewEffect<T>[] = []): ViewStep<T> {
  const { isRetrying, failures } = state
  const waiting = { ...state, isRetrying: true, failures: failures + 1 }
  const afterMs = Math.min(retryMsMax, retryMsMin * 2 ** failures)
  return proceed(waiting, isRetrying ? effects : [...effects, { type: 'retry', afterMs }], false)
}

function takeRead<T>(state: ViewState, entry: ListEntry): ViewStep<T> {
  const { next, wanted, newestRevision, erased } = state
  const isOpened = !state.hasRead || wanted === 'repeat'
  const effects: ViewEffect<T>[] = isOpened ? [{ type: 'refresh', entry }] : []
  const read = { ...state, isReading: false, hasRead: true }
  if (next && next.entry.revision >= entry.revision) return proceed(read, effects)
  if (entry.revision > newestRevision) return proceed({ ...read, next: { entry } }, effects)
  if (!wanted) return { state: read, effects }
  if (entry.revision === newestRevision) return proceed({ ...read, next: { entry } }, effects)
  // The store is behind the topic, or never contains this entry.
  return erased ? proceed({ ...read, next: { entry: erased } }, effects) : retry(read, effects)
}

function takeBuilt<T>(state: ViewState, { value, shown, isBehind }: Built<T>): ViewStep<T> {
  const { building, wanted, failures } = state
  const change = changeFrom(state.shown, shown)
  const isEmitted = change !== 'older' && (change !== 'none' || building?.wanted === 'repeat')
  const effects: ViewEffect<T>[] = isEmitted ? [{ type: 'emit', value, change, headers: building?.headers }] : []
  const built = { ...state, building: undefined, shown: isEmitted ? shown : state.shown }
  if (!isBehind) return proceed({ ...built, failures: 0 }, effects)
  if (wanted || failures >= behindRetriesMax) return proceed(built, effects)
  return retry({ ...built, wanted: 'compare' }, effects)
}

const both = (a: Wanted | undefined, b: Wanted): Wanted => (a === 'repeat' ? a : b)

function changeFrom(before: Shown | undefined, now: Shown): Change {
  if (!before || now.revision > before.revision) return 'newer'
  if (now.revision < before.revision) return 'older'
  return now.label === before.label && sameItems(now.items, before.items) ? 'none' : 'content'
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, n) => id === b[n])
