import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packIgnored, unpackIgnored } from './attention.ts'
import { packIds, unpackIds } from './codec.ts'
import {
  decodeHistory,
  decodeHistoryEvent,
  encodeHistory,
  encodeHistoryEvent,
  type HistoryRecord,
  historyRowOf,
} from './history.ts'
import {
  decodeSideDelta,
  decodeSideRow,
  deltasIn,
  encodedDeltasIn,
  encodeSideDelta,
  encodeSideRow,
  type StoredSideRow,
} from './item-side.ts'
import { decodeList, encodedListWrittenAt, encodeList, listWrittenAt, type UserList } from './list.ts'
import { packTouched, unpackTouched } from './touched.ts'
import { decodeUserState, encodeUserState, type UserState } from './user-state.ts'
import { decodeUserVector, encodedVectorAt, encodeUserVector, type UserVector } from './user-vector.ts'

const placed = { position: { partition: 3, offset: 2 ** 40 + 1 }, epoch: 2 }
const adopted = [
  { partition: 1, offset: 17 },
  { partition: 4, offset: 2 ** 33 },
]

const vector: UserVector = {
  ...placed,
  causedByEventId: 'event-1',
  heldOutItem: null,
  adopted,
  snapshot: {
    userId: 'ann',
    newestAt: 1_768_478_400_000,
    items: ['tea', 'cüp'],
    types: [0, 7],
    strengths: [3, -8],
    ages: [0, 86_400 * 4000],
    rejected: ['pot'],
    seen: [],
    vector: new Uint8Array([1, 2, 3, 4]),
    modelVersion: 9,
  },
}

const picks: UserList = {
  ...placed,
  computedAt: 1_768_478_400_123,
  rankedAt: 1_768_478_400_000,
  modelVersion: 9,
  causedByEventId: null,
  heldOutItem: 'tea',
  personalized: true,
  adopted,
  unseen: [
    { itemId: 'tea', score: 0.5, reason: { kind: 'because', itemId: 'cüp', eventType: 'CART' } },
    { itemId: 'pot', score: 0.25, reason: { kind: 'because', itemId: 'cüp', eventType: 'VIEW' } },
    { itemId: 'jug', score: 0.25, reason: { kind: 'popular', window: 'DAY' } },
    { itemId: 'urn', score: 0.25, reason: { kind: 'popular', window: 'WEEK' } },
    { itemId: 'mug', score: 0.125, reason: { kind: 'taste', categories: ['hot', 'drinks'] } },
    { itemId: 'can', score: 0.125, reason: { kind: 'taste', categories: ['hot', 'drinks'] } },
    { itemId: 'new', score: 0, reason: { kind: 'new', publishedAt: null } },
    { itemId: 'lid', score: 0, reason: { kind: 'pinned' } },
  ],
  seen: [{ itemId: 'bag', score: -1, reason: { kind: 'new', publishedAt: 1_768_000_000_000 } }],
  unlisted: ['cüp', 'lid'],
}

const state: UserState = {
  position: { partition: 3, offset: 12 },
  changed: 11,
  causedByEventId: 'event-1',
  heldOutItem: null,
  recentIds: new Uint8Array(16).fill(7),
  olderIds: [new Uint8Array(8)],
  adopted,
  profile: {
    userId: 'ann',
    seq: 11,
    events: 2,
    seen: { ids: ['tea'], counts: [2] },
    vector: null,
    modelVersion: 0,
    history: [
      { seq: 4, eventId: 'e1', itemId: 'tea', type: 'RATING', value: 4.5, quantity: 1, timestamp: 1_768_478_400_000 },
      {
        seq: 11,
        eventId: 'e2',
        itemId: 'cüp',
        type: 'PURCHASE',
        value: null,
        quantity: 12,
        timestamp: 1_768_478_500_000,
      },
    ],
  },
}

const row: StoredSideRow = {
  sources: { 0: 7, 3: 2 ** 35 },
  row: {
    key: 'i:tea',
    lastAt: 1_768_478_400_000,
    events: 3,
    users: 2,
    firstAt: 1_768_000_000_000,
    trend: [0.5, 1, 2, 3, 4.25],
    predecessors: ['cüp', 'pot'],
    weights: new Uint8Array(32).fill(5),
  },
}

const event = {
  eventId: 'e1',
  itemId: 'tea',
  type: 'RATING' as const,
  value: 4.5,
  quantity: 1,
  timestamp: 1_768_478_400_000,
  recommendationId: null,
}
const history: readonly HistoryRecord[] = [
  { kind: 'event', userId: 'ann', offset: 2 ** 40, event },
  { kind: 'undo', userId: 'ann', offset: 5, offsets: [1, 2.25] },
  { kind: 'adopt', userId: 'ann', offset: 6, events: [event, { ...event, recommendationId: 'r' }] },
  { kind: 'forget', userId: 'ann', offset: 7 },
]
const delta = {
  source: placed.position,
  delta: { key: 'i:tea', timestamp: 5, weight: -0.5, newUser: 1 as const, partners: ['cüp', 'pot'], inSession: 1 },
}

describe('what was written is read as it was', () => {
  test('user vectors', () => expect(decodeUserVector('ann', encodeUserVector(vector))).toEqual(vector))
  test('lists', () => expect(decodeList(encodeList(picks))).toEqual(picks))
  test('lists with what the user did lately', () => {
    const { snapshot } = vector
    const touched = packTouched({ ...snapshot, portions: { 0: 60 }, further: [0, 7, 120], rejected: ['pot'] })!
    const list = decodeList(encodeList({ ...picks, touched }))
    const [first] = snapshot.items
    const read = unpackTouched(list.touched!)
    expect(read.rejected).toEqual(['pot'])
    expect([...read.items.keys()]).toEqual(snapshot.items)
    const { newest, portion } = read.items.get(first!)!
    expect(portion).toBe(0.6)
    expect([...newest.values()]).toEqual([snapshot.newestAt - snapshot.ages[0]! * 1000, snapshot.newestAt - 120_000])
    expect(newest.has('PURCHASE')).toBe(true)
    expect(packTouched({ ...snapshot, items: [], rejected: [] })).toBeUndefined()
  })
  test('user vectors with further event types', () => {
    const snapshot = { ...vector.snapshot, further: [0, 3, 60] }
    for (const more of [{}, { portions: { 1: 50 } }, { habits: [0, 250] }]) {
      const one = { ...vector, snapshot: { ...snapshot, ...more } }
      expect(decodeUserVector('ann', encodeUserVector(one))).toEqual(one)
    }
    const habitual = { ...vector, snapshot: { ...vector.snapshot, habits: [1, 310, 0, 12] } }
    expect(decodeUserVector('ann', encodeUserVector(habitual))).toEqual(habitual)
  })
  test('lists without what they do not hold', () => {
    const before = { ...picks, unlisted: null }
    expect(decodeList(encodeList(before))).toEqual(before)
  })
  test('what was shown: all of it in user states, what was ignored in user vectors and lists', () => {
    const attention = [
      { itemId: 'tea', shownAt: [1_768_478_400, 4_294_967_295], listHash: 4_000_000_000, reactedAt: 0 },
      { itemId: 'cüp', shownAt: [], listHash: 0, reactedAt: 1_768_478_500 },
      { itemId: 'pot', shownAt: [1_768_478_600], listHash: 1, reactedAt: 1_768_478_500 },
    ]
    const ignored = packIgnored(attention)!
    expect(packIgnored([])).toBeUndefined()
    const seconds = new Map([
      ['tea', [1_768_478_400, 4_294_967_295]],
      ['pot', [1_768_478_600]],
    ])
    const read = decodeUserVector('ann', encodeUserVector({ ...vector, ignored }))
    expect(read.backfilled).toBeUndefined()
    expect(unpackIgnored(read.ignored!)).toEqual(seconds)
    const list = decodeList(encodeList({ ...picks, backfilled: 4, ignored }))
    expect([list.backfilled, unpackIgnored(list.ignored!)]).toEqual([4, seconds])
    for (const acted of [{}, { acted: 7 }]) {
      const { olderIds, ...rest } = { ...state, ...acted, profile: { ...state.profile, attention } }
      const stored = decodeUserState(encodeUserState({ ...rest, olderIds }))
      expect(stored).toEqual({ ...rest, olderBuckets: olderIds.length })
    }
  })
  test('side deltas', () => expect(decodeSideDelta('i:tea', encodeSideDelta(delta))).toEqual(delta))
  test('side rows', () => {
    const { weights, ...rest } = decodeSideRow('i:tea', encodeSideRow(row)).row
    expect({ ...rest, weights: Uint8Array.from(weights) }).toEqual(row.row)
    expect(decodeSideRow('i:tea', encodeSideRow(row)).sources).toEqual(row.sources)
  })
  test('user states', () => {
    const { olderIds, ...rest } = state
    expect(decodeUserState(encodeUserState(state))).toEqual({ ...rest, olderBuckets: olderIds.length })
  })
  test.each([{}, { forwarded: [{ partition: 2, offset: 9 }] }])(
    'user states that lost buckets of event ids: %j',
    (more) => {
      const { olderIds, ...rest } = { ...state, ...more, olderDropped: 3 }
      const stored = decodeUserState(encodeUserState({ ...rest, olderIds }))
      expect(stored).toEqual({ ...rest, olderBuckets: olderIds.length })
    },
  )
  test.each(history)('history: $kind', (record) => {
    expect(decodeHistory('ann', encodeHistory(record))).toEqual(record)
  })

  test.each([
    {},
    { position: 3 },
    { portion: 0.5, seconds: 12 },
    { unitPrice: 12.9, currency: 'EUR', position: 1 },
    { position: 1000, portion: 0, seconds: 0, unitPrice: 0, currency: 'JPY' },
  ])('details of an event, in history, archive, user states and guests who log in: %j', (details) => {
    const detailed = { ...event, ...details }
    expect(decodeHistoryEvent(encodeHistoryEvent(detailed))).toEqual(detailed)
    const records: HistoryRecord[] = [
      { kind: 'event', userId: 'ann', offset: 7, event: detailed },
      { kind: 'adopt', userId: 'ann', offset: 8, events: [event, detailed] },
    ]
    for (const record of records) expect(decodeHistory('ann', encodeHistory(record))).toEqual(record)
    const [first, second] = state.profile.history
    const entries = [first!, { ...second!, ...details }]
    const after = { ...state, profile: { ...state.profile, history: entries } }
    expect(decodeUserState(encodeUserState(after)).profile.history).toEqual(entries)
  })
  test('an event without details takes no more bytes than before there were any', () => {
    expect(encodeHistoryEvent(event)).toHaveLength(encodeHistoryEvent({ ...event, position: 5 }).length - 2)
  })
  test('portions in user vectors, with or without what else may be left out', () => {
    const snapshot = { ...vector.snapshot, portions: { 0: 100, 1: -1 } }
    for (const rest of [{}, { backfilled: 7 }]) {
      const detailed = { ...vector, ...rest, snapshot }
      expect(decodeUserVector('ann', encodeUserVector(detailed))).toEqual(detailed)
    }
  })
  test('a list with more distinct reasons than a byte can tell apart', () => {
    const unseen = Array.from({ length: 300 }, (_, n) => ({
      itemId: `item-${n}`,
      score: n,
      reason: { kind: 'because' as const, itemId: `cause-${n}`, eventType: 'VIEW' as const },
    }))
    expect(decodeList(encodeList({ ...picks, unseen })).unseen).toEqual(unseen)
  })

  test('ids of any text', () => {
    const ids = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
    fc.assert(
      fc.property(ids, (all) => {
        expect(unpackIds(packIds(all))).toEqual(all)
      }),
    )
  })
})

describe('another format version', () => {
  const other = Buffer.concat([Buffer.from([2]), Buffer.alloc(40)])

  test.each([
    ['user-vectors', () => decodeUserVector('ann', other)],
    ['user-vectors', () => encodedVectorAt(other)],
    ['lists', () => decodeList(other)],
    ['lists', () => encodedListWrittenAt(other)],
    ['side-deltas', () => decodeSideDelta('i:tea', other)],
    ['side-rows', () => decodeSideRow('i:tea', other)],
    ['side-rows', () => encodedDeltasIn(other)],
    ['user_states', () => decodeUserState(other)],
    ['history', () => decodeHistory('ann', other)],
    ['history', () => historyRowOf('ann', other)],
    ['events_by_user', () => decodeHistoryEvent(other)],
  ])('of %s is refused', (what, decode) => {
    expect(decode).toThrow(`${what}: expected format version 1, got 2`)
  })
})

describe('what is read without decoding', () => {
  test('the write timestamps of vectors and lists, and how many deltas are in a row', () => {
    expect(encodedListWrittenAt(encodeList(picks))).toBe(listWrittenAt(picks))
    expect(encodedVectorAt(encodeUserVector(vector))).toBe(listWrittenAt(picks))
    expect(encodedDeltasIn(encodeSideRow(row))).toBe(deltasIn(row))
  })

  test('the row of an event of topic history is the row that is stored', () => {
    const row = historyRowOf('ann', encodeHistory(history[0]!))
    expect(row).toMatchObject({ userId: 'ann', offset: 2 ** 40 })
    expect(Buffer.from(row!.value)).toEqual(encodeHistoryEvent(event))
    for (const other of history.slice(1)) expect(historyRowOf('ann', encodeHistory(other))).toBeUndefined()
  })
})
