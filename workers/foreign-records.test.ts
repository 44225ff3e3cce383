import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../platform/ports/event-log.ts'
import { toDeadLetter } from './runner/dead-letter.ts'
import { topology } from './topology.ts'

/** What other services write: keys that are left out, tombstones, envelopes, ids as numbers, headers of their own. */
const stages = { interactions: topology.embed, items: topology.catalogue }

const record = (topic: keyof typeof stages, key: string, value: object | string | null): StoredRecord => ({
  topic,
  partition: 0,
  offset: 5,
  appendedAt: Date.UTC(2026, 9, 2),
  key,
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: { born: 'yesterday', traceparent: 'not-a-trace' },
})

const event = {
  v: 1,
  kind: 'event',
  eventId: 'f1',
  userId: 'ann',
  itemId: 'p1',
  type: 'VIEW',
  timestamp: '2026-10-01T00:00:00Z',
}
const item = { v: 1, id: 'p3', title: 'Tent' }
const debezium = { payload: { op: 'd', before: { id: 'p4' }, after: null } }

function reasonOf(one: StoredRecord): string | undefined {
  const stage = stages[one.topic as keyof typeof stages]
  try {
    stage.decode(one)
    return undefined
  } catch (error) {
    return String(toDeadLetter(stage.name, one, error).headers?.['dead-reason'])
  }
}

describe('taken', () => {
  test.each([
    ['a tombstone removes an item', record('items', 'p1', null)],
    ['an item', record('items', 'p3', item)],
    ['an event without a key', record('interactions', '', event)],
    ['an event with headers that are not its own', record('interactions', 'ann', event)],
  ])('%s', (_, one) => {
    expect(reasonOf(one)).toBeUndefined()
  })
})

describe('set aside with a reason that says what to change', () => {
  test.each([
    [
      'a tombstone in interactions',
      record('interactions', 'ann', null),
      /got null \(erase a user with kind "forget"\)/,
    ],
    [
      'an event with the key of another',
      record('interactions', 'bob', event),
      /key: expected the record's userId "ann", got "bob"/,
    ],
    [
      'an item without a key',
      record('items', '', item),
      /key: expected the record's id "p3", got a record without a key/,
    ],
    ['an empty value', record('items', 'p2', ''), /got 0 bytes \(an item is removed by a null value\)/],
    ['an envelope of Debezium', record('items', '{"id":"p4"}', debezium), /change-data-capture connector; unwrap it/],
    ['one without schema', record('items', 'p4', { op: 'c', before: null, after: item }), /change-data-capture/],
    ['an id as a number', record('interactions', '7', { ...event, userId: 7 }), /userId: must be string.*got 7/],
    [
      'a rounded id as a number',
      record('items', '7300000000000000001', '{"v":1,"id":7300000000000000001,"title":"T"}'),
      /id: must be string/,
    ],
    [
      'a time without a zone',
      record('interactions', 'ann', { ...event, timestamp: '2026-10-01 00:00' }),
      /timestamp: must match format/,
    ],
    [
      'a day that does not exist',
      record('interactions', 'ann', { ...event, timestamp: '2026-02-30T00:00:00Z' }),
      /timestamp/,
    ],
    [
      'a type in lower case',
      record('interactions', 'ann', { ...event, type: 'view' }),
      /type: must be equal to one of the allowed values.*got "view"/,
    ],
    ['a quantity below 0', record('interactions', 'ann', { ...event, quantity: -6 }), /quantity: must be >= 1.*got -6/],
    [
      'an infinite price',
      record('items', 'p3', '{"v":1,"id":"p3","title":"T","price":1e999}'),
      /price: must be number/,
    ],
    [
      'a field of their own',
      record('items', 'p3', { ...item, stock: 3 }),
      /must NOT have additional properties.*stock/,
    ],
    [
      'Latin-1',
      { ...record('items', 'p3', ''), value: Buffer.from('{"v":1,"title":"café"}', 'latin1') },
      /expected JSON in UTF-8/,
    ],
  ])('%s', (_, one, reason) => {
    expect(reasonOf(one)).toMatch(reason)
  })
})
