import { expect, test } from 'vitest'
import { decodeHistory, encodeHistory, type HistoryRecord } from './history.ts'

const event = {
  eventId: 'e',
  itemId: 'i',
  type: 'VIEW' as const,
  value: null,
  quantity: 1,
  timestamp: 5,
  recommendationId: null,
}
const records: readonly HistoryRecord[] = [
  { kind: 'event', userId: 'ada', offset: 1, event },
  { kind: 'undo', userId: 'ada', offset: 2, offsets: [1] },
  { kind: 'adopt', userId: 'ada', offset: 3, events: [event] },
  { kind: 'forget', userId: 'ada', offset: 4 },
]

test.each(records.map((record) => [record.kind, record] as const))(
  'a record of kind %s is read as written',
  (_, record) => {
    expect(decodeHistory('ada', encodeHistory(record))).toEqual(record)
  },
)

test('a record of an unknown kind is refused: it does not remove the history of its user', () => {
  const bytes = encodeHistory(records[3]!)
  bytes[1] = 9
  expect(() => decodeHistory('ada', bytes)).toThrow('expected a kind from 0 to 3, got 9')
})
