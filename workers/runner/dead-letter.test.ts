import { expect, test } from 'vitest'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { toDeadLetter } from './dead-letter.ts'

const aRecord = (more: Partial<StoredRecord> = {}): StoredRecord => ({
  topic: 'interactions',
  partition: 2,
  offset: 7,
  appendedAt: 1,
  key: 'ada',
  value: Buffer.from('{'),
  headers: { born: '1' },
  ...more,
})

test('a dead letter is the record as it was, with its place and the reason', () => {
  expect(toDeadLetter('embed', aRecord(), new Error('bad'))).toMatchObject({
    topic: 'interactions.dead-letter',
    key: 'ada',
    headers: {
      born: '1',
      'dead-stage': 'embed',
      'dead-topic': 'interactions',
      'dead-partition': '2',
      'dead-offset': '7',
    },
  })
  expect(toDeadLetter('embed', aRecord({ value: null }), new Error('bad')).value).toBeNull()
})

test.each([
  ['a value', { value: Buffer.alloc(1_048_000) }],
  ['headers', { headers: { heavy: 'x'.repeat(1_000_000) } }],
  ['a key', { key: 'k'.repeat(1_000_000) }],
])('one as large as the brokers take, for %s, is cut so that it can be written, and says so', (_, more) => {
  const { key, value, headers } = toDeadLetter('embed', aRecord(more), new Error('x'.repeat(5_000)))
  const headerBytes = Object.entries(headers!).join('').length
  expect(key.length + value!().length + headerBytes).toBeLessThan(600_000)
  expect(headers).toMatchObject({ 'dead-cut': 'too large', 'dead-offset': '7' })
})
