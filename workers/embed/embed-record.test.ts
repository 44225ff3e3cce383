import { describe, expect, test } from 'vitest'
import { partitionOf } from '../../platform/partitioner.ts'
import { decodeErasureMarker, encodeErasureMarker } from '../../schema/records/erasure.ts'
import { copyHeaders } from '../../schema/records/headers.ts'
import { decodeInteraction, encodeInteraction, type InteractionRecord } from '../../schema/records/interaction.ts'
import type { LogPosition } from '../../schema/records/placed.ts'
import { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { decodeUserState, encodeUserState, type UserState } from '../../schema/records/user-state.ts'
import { topics } from '../../schema/topics.ts'
import { aForget, anIdentify, anInteraction, anUndo, someTime } from '../../test/support/interactions.ts'
import { topology } from '../topology.ts'
import { embedRecord } from './embed-record.ts'
import { emptyState } from './erasure.ts'

const authenticator = new RecordAuthenticator(new Uint8Array(32))
const context = { model: null, epoch: 0, partitions: 12, authenticator }
const home = partitionOf('ann', context.partitions)
const other = (home + 5) % context.partitions

/** Applies a record of ann. @param from where it was forwarded from; left out: it was written to her partition */
function applyTo(before: UserState | undefined, record: InteractionRecord, offset: number, from?: LogPosition) {
  const value = encodeInteraction(record)
  const keyed = { key: 'ann', value }
  const headers = {
    ...(from && authenticator.headersOf({ kind: 'forwarded', position: from }, keyed)),
    ...authenticator.signed(record.kind, keyed),
  }
  const arrival = { key: 'ann', position: { partition: home, offset }, appendedAt: someTime, now: 0, value, headers }
  return embedRecord(record, arrival, before, context)
}

const stateOf = (before: UserState | undefined, ...steps: [InteractionRecord, LogPosition?][]): UserState | undefined =>
  steps.reduce((state, [record, from], n) => {
    const offset = (before?.position.offset ?? -1) + 1 + n
    return applyTo(state, record, offset, from).state ?? state
  }, before)

const at = (offset: number): LogPosition => ({ partition: other, offset })
const itemsOf = (state: UserState | undefined) => state?.profile.history.map(({ itemId }) => itemId)

describe('a record outside the partition of its user', () => {
  test.each([
    ['an event', anInteraction()],
    ['an undo', anUndo('e')],
    ['an erasure', aForget()],
  ])('%s changes no state, and is written to the right one with its source', (_, record) => {
    const arrival = { key: 'ann', position: at(7), appendedAt: someTime, now: 0, value: null, headers: {} }
    const { emits = [], ...rest } = embedRecord(record, arrival, emptyState('ann'), context)
    expect(rest).toEqual({ forwarded: true })
    expect(emits).toHaveLength(1)
    const { topic, key, value, headers } = emits[0]!
    expect({ topic, key, headers }).toEqual({
      topic: topics.interactions,
      key: 'ann',
      headers: { 'forwarded-from': `${other}/7`, 'copy-mac': expect.stringMatching(/^[\w-]{16}$/) },
    })
    expect(decodeInteraction(key, value!(), someTime)).toEqual(record)
  })

  test('a login is signed once more', () => {
    const login = anIdentify('ann', 'bob')
    const keyed = { key: 'ann', value: Buffer.from(JSON.stringify(login, null, 1)) }
    const headers = authenticator.signed('adopt', keyed)
    const arrival = { ...keyed, position: at(7), appendedAt: someTime, now: 0, headers }
    const [copy] = embedRecord(login, arrival, emptyState('ann'), context).emits!
    const received = { value: copy!.value!(), headers: copy!.headers! }
    expect(() => authenticator.checkSigned(login, received)).not.toThrow()
    expect(authenticator.sourceOf({ key: 'ann', ...received })).toMatchObject({ kind: 'forwarded', isVerified: true })
  })

  test('in a partition that was added while the process runs is forwarded to the one its user has', () => {
    const position = { partition: context.partitions, offset: 0 }
    const arrival = { key: 'ann', position, appendedAt: someTime, now: 0, value: null, headers: {} }
    expect(embedRecord(anInteraction(), arrival, undefined, context)).toMatchObject({ forwarded: true })
  })

  test('without a key belongs to the user it names, also where it stands in the right partition', () => {
    const event = anInteraction()
    const value = Buffer.from(JSON.stringify(event))
    const { embed } = topology
    const record = { topic: topics.interactions, offset: 0, appendedAt: someTime, key: '', value, headers: {} }
    const decoded = embed.decode({ ...record, partition: home })
    expect(embed.keyOf!(decoded, { ...record, partition: home })).toBe('ann')
    const run = (partition: number) =>
      embed.run(
        decoded,
        { key: '', position: { partition, offset: 0 }, appendedAt: someTime, now: 0, value, headers: {} },
        undefined,
        context,
      )
    expect(run(other).emits).toMatchObject([{ topic: topics.interactions, key: 'ann' }])
    expect(itemsOf(run(home).state ?? undefined)).toEqual([event.itemId])
    expect(run(home).emits?.every(({ key }) => key !== '')).toBe(true)
  })

  test('with the key of another user is a dead letter', () => {
    const value = Buffer.from(JSON.stringify(anInteraction()))
    expect(() => decodeInteraction('bob', value, someTime)).toThrow(
      'key: expected the record\'s userId "ann", got "bob"',
    )
  })
})

describe('a forwarded record', () => {
  test('counts though its source has a lower offset than what was applied', () => {
    const state = stateOf(undefined, [anInteraction({ itemId: 'tea' })], [anInteraction({ itemId: 'cup' }), at(0)])
    expect(itemsOf(state)).toEqual(['tea', 'cup'])
    expect(state?.forwarded).toEqual([at(0)])
  })

  test('is applied once: a second copy only releases who waits', () => {
    const first = stateOf(undefined, [anInteraction({ eventId: 'a' }), at(3)])!
    const again = applyTo(first, anInteraction({ eventId: 'b' }), 1, at(3))
    expect(itemsOf(again.state ?? undefined)).toEqual(itemsOf(first))
    expect(again.state?.position).toEqual({ partition: home, offset: 1 })
  })

  test('of another partition is no copy', () => {
    const state = stateOf(undefined, [anInteraction(), at(3)], [anInteraction(), { partition: other + 1, offset: 3 }])
    expect(itemsOf(state)).toHaveLength(2)
  })

  test('that undoes or erases does it once, so that later events stay', () => {
    const late = anInteraction({ eventId: 'late' })
    expect(itemsOf(stateOf(undefined, [anUndo('late'), at(1)], [late], [anUndo('late'), at(1)]))).toHaveLength(1)
    const erased = stateOf(undefined, [anInteraction(), at(0)], [aForget(), at(1)], [late], [aForget(), at(1)])
    expect(itemsOf(erased)).toHaveLength(1)
  })

  test('from before an erasure stays erased when it is forwarded again, also from the stored marker', () => {
    const event = anInteraction({ eventId: 'secret' })
    const erased = stateOf(undefined, [event, at(4)], [aForget()])!
    const stored = emptyState('ann', decodeErasureMarker(encodeErasureMarker(erased)))
    expect(itemsOf(stateOf(stored, [event, at(4)]))).toEqual([])
    expect(itemsOf(stateOf(stored, [event, at(5)]))).toHaveLength(1)
  })

  test('counts with a state that an earlier release made in another partition, whose offset is higher', () => {
    const before = { ...stateOf(undefined, [anInteraction()])!, position: at(900) }
    const { state } = applyTo(before, anInteraction(), 50)
    expect(itemsOf(state ?? undefined)).toHaveLength(2)
    expect(state?.position).toEqual({ partition: home, offset: 50 })
  })

  test('keeps its source in the stored state', () => {
    const state = stateOf(undefined, [anInteraction(), at(4)])!
    expect(decodeUserState(encodeUserState(state)).forwarded).toEqual([at(4)])
    const plain = stateOf(undefined, [anInteraction()])!
    expect(decodeUserState(encodeUserState(plain)).forwarded).toBeUndefined()
  })

  test('of a user nobody knows leaves its source with the erasures', () => {
    const { rows } = applyTo(undefined, anUndo('a'), 0, at(9))
    expect(rows).toHaveLength(1)
    expect(decodeErasureMarker((rows![0] as { value: Uint8Array }).value).forwarded).toEqual([at(9)])
  })
})

describe('a record of a kind that Pickstream alone writes', () => {
  const from = { partition: other, offset: 1 }
  const restore: InteractionRecord = {
    ...{ v: 1, kind: 'restore', userId: 'ann', commandId: 'c', upTo: 9, profile: {} },
    ...{ recentIds: '', olderIds: [], adopted: [] },
  }
  test.each([
    ['identify', anIdentify('ann', 'eve')],
    ['adopt', { v: 1, kind: 'adopt', userId: 'ann', from, profile: {}, events: [] } satisfies InteractionRecord],
    ['restore', restore],
  ])('%s is refused without a signature, in any partition', (_, record) => {
    for (const partition of [home, other]) {
      const position = { partition, offset: 1 }
      const arrival = { key: 'ann', position, appendedAt: someTime, now: 0, headers: {} }
      const run = () => embedRecord(record, { ...arrival, value: encodeInteraction(record) }, undefined, context)
      expect(run).toThrow('header internal-mac: expected the signature')
    }
  })

  test('what a guest hands over is signed', () => {
    const guest = stateOf(undefined, [anInteraction()])!
    const { emits = [] } = applyTo(guest, anIdentify('ann', 'bob'), 1)
    const [adoption, ...others] = emits.filter(({ topic }) => topic === topics.interactions)
    expect(others).toEqual([])
    const value = adoption!.value!()
    const record = decodeInteraction('bob', value, someTime)
    expect(record.kind).toBe('adopt')
    expect(() => authenticator.checkSigned(record, { value, headers: adoption!.headers! })).not.toThrow()
  })
})

describe('a source that no stage signed', () => {
  const forged = (record: InteractionRecord, offset: number, headers: Readonly<Record<string, string>>) => {
    const value = encodeInteraction(record)
    return { key: 'ann', position: { partition: home, offset }, appendedAt: someTime, now: 0, value, headers }
  }
  const noMac = { 'forwarded-from': `${other}/999999999999999` }

  test.each([
    ['has no mac', noMac],
    ['has one that was guessed', copyHeaders({ kind: 'forwarded', position: at(9) }, 'A'.repeat(16))],
    [
      'has that of another record',
      authenticator.headersOf({ kind: 'forwarded', position: at(9) }, { key: 'ann', value: Buffer.from('{}') }),
    ],
    ['is of the backfill', { backfill: `${home}/999999999999999` }],
  ])('%s: the record counts, and what is genuine counts after it', (_, headers) => {
    const first = embedRecord(anInteraction(), forged(anInteraction(), 0, headers), undefined, context)
    expect(first.unverified).toBe(true)
    expect(first.state).toMatchObject({ profile: { history: [expect.anything()] } })
    expect([first.state?.forwarded, first.state?.backfill]).toEqual([undefined, undefined])
    const genuine = applyTo(first.state ?? undefined, anInteraction(), 1, at(3))
    expect(itemsOf(genuine.state ?? undefined)).toHaveLength(2)
    expect(genuine.unverified).toBeUndefined()
  })

  test('does not make a state grow', () => {
    let state: UserState | undefined
    for (let partition = 0; partition < 500; partition++) {
      const record = anUndo('e')
      const { state: after } = embedRecord(
        record,
        forged(record, partition, { 'forwarded-from': `${partition}/0` }),
        state,
        context,
      )
      state = after ?? state
    }
    expect(state?.forwarded ?? []).toEqual([])
  })
})
