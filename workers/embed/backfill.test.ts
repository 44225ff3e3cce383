import { expect, test } from 'vitest'
import { decodeErasureMarker, encodeErasureMarker } from '../../schema/records/erasure.ts'
import { erasedBackfill } from '../../schema/records/headers.ts'
import type { EventRecord, InteractionRecord } from '../../schema/records/interaction.ts'
import type { ClaimedSource } from '../../schema/records/record-authenticator.ts'
import { decodeUserState, encodeUserState, type UserState } from '../../schema/records/user-state.ts'
import { decodeUserVector } from '../../schema/records/user-vector.ts'
import { topics } from '../../schema/topics.ts'
import type { Outcome } from '../runner/stage.ts'
import { emptyState, hasHistory } from './erasure.ts'
import { updateUser } from './update-user.ts'

const context = { model: null, epoch: 0 }
const partition = 3

const event = (eventId: string): EventRecord => {
  return {
    v: 1,
    kind: 'event',
    eventId,
    userId: 'ann',
    itemId: 'tent',
    type: 'CLICK',
    timestamp: '2026-01-01T00:00:00Z',
  }
}

/** @param from offset in the backfill; left out: written to topic interactions directly */
function apply(state: UserState | undefined, record: InteractionRecord, offset: number, from?: number) {
  return updateUser(
    record,
    { key: 'ann', position: { partition, offset }, appendedAt: 0, source: sourceAt(from) },
    state,
    context,
  )
}

/** The same of a record whose source was not signed by the backfill stage. */
function applyForged(state: UserState | undefined, record: InteractionRecord, offset: number, from: number) {
  const source = { ...sourceAt(from)!, isVerified: false }
  return updateUser(record, { key: 'ann', position: { partition, offset }, appendedAt: 0, source }, state, context)
}

const sourceAt = (offset: number | undefined): ClaimedSource | undefined =>
  offset === undefined ? undefined : { kind: 'backfill', position: { partition, offset }, isVerified: true }

const stateOf = ({ state }: Outcome<UserState>): UserState => {
  if (!state) throw new Error('expected a state')
  return state
}
const idsIn = ({ profile }: UserState) => profile.history.map(({ eventId }) => eventId)

test('the place of a fed event is in the state, also when stored, and in the vector', () => {
  const outcome = apply(undefined, event('a'), 10, 4)
  expect(stateOf(outcome).backfill).toEqual({ applied: 4, erasedBefore: 0 })
  const { olderBuckets: _, ...stored } = decodeUserState(encodeUserState(stateOf(outcome)))
  expect(stored.backfill).toEqual({ applied: 4, erasedBefore: 0 })
  const emit = outcome.emits!.find(({ topic }) => topic === topics.userVectors)!
  expect(decodeUserVector('ann', emit.value!()).backfilled).toBe(4)
})

test('an event that was written directly keeps the place of the fed ones', () => {
  const state = stateOf(apply(stateOf(apply(undefined, event('a'), 10, 4)), event('b'), 11))
  expect(state.backfill?.applied).toBe(4)
})

test('fed twice it counts once, and the place does not go back', () => {
  const once = stateOf(apply(stateOf(apply(undefined, event('a'), 10, 4)), event('b'), 11, 5))
  const twice = stateOf(apply(once, event('a'), 12, 4))
  expect(idsIn(twice)).toEqual(['a', 'b'])
  expect([twice.changed, twice.backfill?.applied]).toEqual([once.changed, 5])
})

test('an erasure covers what waits in the backfill before the offset it names, and a reader who waits is released', () => {
  const { state, emits } = apply(undefined, { v: 1, kind: 'forget', userId: 'ann', backfillBefore: 7 }, 20)
  const headers = emits!.find(({ topic }) => topic === topics.userVectors)!.headers!
  expect(erasedBackfill(headers)).toBe(6)
  const erased = emptyState('ann', decodeErasureMarker(encodeErasureMarker(state!)))
  const late = apply(erased, event('old'), 21, 6)
  expect(late.state).toBeUndefined()
  const after = stateOf(apply(erased, event('new'), 22, 7))
  expect([hasHistory(after), idsIn(after)]).toEqual([true, ['new']])
  expect(idsIn(stateOf(apply(after, event('older'), 23, 2)))).toEqual(['new'])
})

test('an erasure that was fed takes nothing away when it is fed again', () => {
  const forget = { v: 1, kind: 'forget', userId: 'ann' } as const
  const erased = stateOf(apply(stateOf(apply(undefined, event('a'), 1, 0)), forget, 2, 1))
  const back = stateOf(apply(erased, event('b'), 3))
  expect(idsIn(stateOf(apply(back, forget, 4, 1)))).toEqual(['b'])
})

test('a record from another partition of the backfill is taken as one that was written directly', () => {
  const source = { ...sourceAt(1)!, position: { partition: partition + 1, offset: 1 } }
  const arrival = { key: 'ann', position: { partition, offset: 5 }, appendedAt: 0, source }
  const erased = stateOf(apply(undefined, { v: 1, kind: 'forget', userId: 'ann', backfillBefore: 9 }, 4))
  expect(idsIn(stateOf(updateUser(event('a'), arrival, erased, context)))).toEqual(['a'])
})

test('an unverified source releases no reader and moves no erasure: the event counts as one written directly', () => {
  const state = stateOf(applyForged(undefined, event('a'), 10, 900))
  expect([idsIn(state), state.backfill]).toEqual([['a'], undefined])
  const erased = applyForged(state, { v: 1, kind: 'forget', userId: 'ann' }, 11, 900).state!
  expect(idsIn(stateOf(apply(erased, event('b'), 12, 5)))).toEqual(['b'])
})

test('an event that says itself that it is older than an erasure stays out, verified or not', () => {
  const erased = stateOf(apply(undefined, { v: 1, kind: 'forget', userId: 'ann', backfillBefore: 7 }, 20))
  expect(applyForged(erased, event('old'), 21, 6).state).toBeUndefined()
  expect(idsIn(stateOf(applyForged(erased, event('new'), 22, 7)))).toEqual(['new'])
})
