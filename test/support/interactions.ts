import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { type Outcome as CountedOutcome, decodeOutcome } from '../../schema/records/goals.ts'
import { decodeHistory, type HistoryRecord } from '../../schema/records/history.ts'
import {
  type AdoptRecord,
  decodeInteraction,
  type EventRecord,
  type ForgetRecord,
  type IdentifyRecord,
  type InteractionRecord,
  type RefreshRecord,
  type UndoRecord,
} from '../../schema/records/interaction.ts'
import { decodeSideDelta, type SourcedDelta } from '../../schema/records/item-side.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { decodeUserVector, type UserVector } from '../../schema/records/user-vector.ts'
import { topics } from '../../schema/topics.ts'
import { updateUser } from '../../workers/embed/update-user.ts'
import type { EmbedContext } from '../../workers/embed/user-outcome.ts'
import type { Emit, Outcome } from '../../workers/runner/stage.ts'

export const someTime = Date.UTC(2026, 0, 15, 12)
let counter = 0

export function anInteraction(fields: Partial<EventRecord> = {}): EventRecord {
  counter++
  return {
    v: 1,
    kind: 'event',
    eventId: `event-${counter}`,
    userId: 'ann',
    itemId: `item-${counter % 7}`,
    type: 'VIEW',
    timestamp: new Date(someTime + counter * 1000).toISOString(),
    ...fields,
  }
}

export const anUndo = (...eventIds: string[]): UndoRecord => ({ v: 1, kind: 'undo', userId: 'ann', eventIds })
export const aForget = (userId = 'ann'): ForgetRecord => ({ v: 1, kind: 'forget', userId })
export const aRefresh = (userId = 'ann'): RefreshRecord => ({ v: 1, kind: 'refresh', userId })
export const anIdentify = (guest = 'guest', into = 'ann'): IdentifyRecord => {
  return { v: 1, kind: 'identify', userId: guest, into }
}

export function aStoredRecord(fields: Partial<StoredRecord> = {}): StoredRecord {
  const defaults = { topic: topics.interactions, partition: 0, offset: 0, key: 'ann', value: null, headers: {} }
  return { ...defaults, appendedAt: someTime, ...fields }
}

/** What one record made a stage say, decoded. */
export interface EmbedResult {
  readonly outcome: Outcome<UserState>
  readonly vectors: readonly (UserVector | null)[]
  readonly history: readonly HistoryRecord[]
  readonly deltas: readonly SourcedDelta[]
  /** Records for topic interactions. */
  readonly handedOver: readonly AdoptRecord[]
  readonly counted: readonly CountedOutcome[]
}

/** The embed stage by hand: one partition, every user's state, records one by one. */
export class EmbedHarness {
  readonly states: Map<string, UserState>
  readonly context: EmbedContext
  offset = -1

  /** @param goals how placements and experiments are counted. Default: not at all */
  constructor(goals?: EmbedContext['goals'], { epoch = 0, states = new Map<string, UserState>() } = {}) {
    this.states = states
    this.context = { model: null, epoch, ...(goals && { goals }) }
  }

  /** The next record of the log. */
  feed(record: InteractionRecord): EmbedResult {
    return this.at(++this.offset, record)
  }

  feedAll(...records: readonly InteractionRecord[]): EmbedResult[] {
    return records.map((record) => this.feed(record))
  }

  /** A record at a place where it, or another, has been before. */
  at(offset: number, record: InteractionRecord): EmbedResult {
    const position = { partition: 0, offset }
    const arrival = { key: record.userId, position, appendedAt: someTime, now: 0, headers: {} }
    const outcome = updateUser(record, arrival, this.states.get(record.userId), this.context)
    if (outcome.state) this.states.set(record.userId, outcome.state)
    return { outcome, ...decoded(outcome.emits ?? []) }
  }

  state(userId = 'ann'): UserState {
    const state = this.states.get(userId)
    if (!state) throw new Error(`no state of ${userId}`)
    return state
  }

  items(userId = 'ann'): string[] {
    return this.state(userId).profile.history.map(({ itemId }) => itemId)
  }
}

function decoded(emits: readonly Emit[]) {
  const of = (topic: string) => emits.filter((emit) => emit.topic === topic)
  const read = <T>(topic: string, decode: (key: string, value: Uint8Array) => T) =>
    of(topic).flatMap(({ key, value }) => (value === null ? [] : [decode(key, value())]))
  return {
    vectors: of(topics.userVectors).map(({ key, value }) => (value === null ? null : decodeUserVector(key, value()))),
    history: read(topics.history, decodeHistory),
    deltas: read(topics.sideDeltas, decodeSideDelta),
    counted: read(topics.outcomes, (_, value) => decodeOutcome(value)),
    handedOver: of(topics.interactions).flatMap(({ key, value }) =>
      value === null ? [] : [decodeInteraction(key, value(), someTime + 86_400_000) as AdoptRecord],
    ),
  }
}
