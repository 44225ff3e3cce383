import { expect, test } from 'vitest'
import type { FetchedMessage } from './kafkajs-internals.ts'
import { offsetAfter, toStoredRecord } from './records.ts'

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
