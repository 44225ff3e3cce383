import { expect, test } from 'vitest'
import type { FetchedMessage } from './kafkajs-internals.ts'
import { offsetAfter, recordsFrom, toStoredRecord } from './records.ts'

const message = (offset: number, more: Partial<FetchedMessage> = {}): FetchedMessage => ({
  offset: String(offset),
  timestamp: '1700000000000',
  key: Buffer.from('u1'),
  value: Buffer.from('v'),
  headers: {},
  isControlRecord: false,
  ...more,
})

test('reading goes on after the span of a compacted batch, not after its last surviving record', () => {
  const batchContext = { firstOffset: '10', lastOffsetDelta: 9 }
  expect(offsetAfter([message(12, { batchContext }), message(15, { batchContext })], 10)).toBe(20)
})

test('an empty answer moves nothing', () => {
  expect(offsetAfter([], 42)).toBe(42)
})

test('a tombstone, a missing key and headers that come twice are taken as they are', () => {
  const headers = { reason: [Buffer.from('first'), Buffer.from('second')], stage: Buffer.from('embed') }
  expect(toStoredRecord('picks', 3, message(7, { key: null, value: null, headers }))).toEqual({
    topic: 'picks',
    partition: 3,
    offset: 7,
    appendedAt: 1_700_000_000_000,
    key: '',
    value: null,
    headers: { reason: 'second', stage: 'embed' },
  })
})

test('records of an aborted transaction are left out, those beside it and of the next one are not', () => {
  const by = (producerId: string, inTransaction = true) => ({
    batchContext: { firstOffset: '0', lastOffsetDelta: 0, producerId, inTransaction },
  })
  const mark = (offset: number, producerId: string, type: 0 | 1) =>
    message(offset, { ...by(producerId), isControlRecord: true, key: Buffer.from([0, 0, 0, type]) })
  const messages = [
    message(3, by('p')), // before the position
    message(4, by('p')),
    message(5, by('q')),
    message(6, { ...by('p', false), key: Buffer.alloc(4) }), // a key like an abort's mark, on a plain record
    message(7, by('p')),
    mark(8, 'p', 0),
    message(9, by('p')),
    mark(10, 'p', 1),
    mark(11, 'q', 0),
  ]
  const aborted = [
    { producerId: 'q', firstOffset: '5' },
    { producerId: 'p', firstOffset: '2' },
  ]
  expect(recordsFrom(messages, 4, aborted).map(({ offset }) => offset)).toEqual(['6', '9'])
  expect(recordsFrom(messages, 4, null).map(({ offset }) => offset)).toEqual(['4', '5', '6', '7', '9'])
})
