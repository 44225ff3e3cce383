import { expect, test } from 'vitest'
import { aheadMsMax, decodeInteraction, type EventRecord, encodeInteraction } from './interaction.ts'

const appendedAt = Date.UTC(2026, 0, 15, 12)
const event: EventRecord = {
  v: 1,
  kind: 'event',
  eventId: 'e',
  userId: 'ann',
  itemId: 'tent',
  type: 'VIEW',
  timestamp: '2026-01-15T11:00:00.000Z',
}
const timeOf = (timestamp: string) => {
  const record = decodeInteraction('ann', encodeInteraction({ ...event, timestamp }), appendedAt)
  return Date.parse((record as EventRecord).timestamp)
}

test('an event that a wrong clock has put into the future counts, at the latest time that it may have', () => {
  expect(timeOf('2026-01-15T13:00:00.000Z')).toBe(appendedAt + aheadMsMax)
  expect(timeOf('2999-01-01T00:00:00.000Z')).toBe(appendedAt + aheadMsMax)
})

test('any other time stays as it is, however old', () => {
  for (const timestamp of ['1970-01-01T00:00:00.000Z', '2026-01-15T11:59:59.999Z', '2026-01-15T12:05:00.000Z']) {
    expect(timeOf(timestamp)).toBe(Date.parse(timestamp))
  }
})

test('a text that no UTF-8 can hold is refused, however it is escaped; a whole character is not', () => {
  const decode = (itemId: string) =>
    decodeInteraction('ann', Buffer.from(JSON.stringify(event).replace('"tent"', `"${itemId}"`)), appendedAt)
  expect(decode('tent \\ud83d\\ude00')).toMatchObject({ itemId: 'tent 😀' })
  expect(decode('a path \\\\ud83d')).toMatchObject({ itemId: 'a path \\ud83d' })
  expect(() => decode('tent \\ud83d')).toThrow('itemId: no well-formed Unicode, "tent \\ud83d"')
  expect(() => decode('\\uDE00')).toThrow('itemId: no well-formed Unicode')
})

test("a guest's events keep to the same bound on their way to the user", () => {
  const { v: _, kind: __, userId: ___, ...plain } = event
  const events = [plain, { ...plain, eventId: 'f', timestamp: '2026-01-16T00:00:00.000Z' }]
  const adopt = { v: 1, kind: 'adopt', userId: 'ann', from: { partition: 0, offset: 1 }, profile: {}, events } as const
  const record = decodeInteraction('ann', encodeInteraction(adopt), appendedAt)
  expect(record).toMatchObject({ events: [plain, { eventId: 'f', timestamp: '2026-01-15T12:05:00.000Z' }] })
})
