import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageOf } from '../../schema/app-error.ts'
import { decodeInteraction, encodeInteraction } from '../../schema/records/interaction.ts'
import { decodeItem, encodeItem } from '../../schema/records/item.ts'
import { checkEvent, checkItem } from '../../tools/import/check-input.ts'
import { type Harness, startHarness } from '../support/server-harness.ts'

/** A value is accepted by GraphQL, by the Kafka record format and by the import, or is refused by all of them. */
let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

const byApi = async (mutation: 'recordEvents' | 'putItems', type: string, input: object) => {
  const list = mutation === 'recordEvents' ? 'events' : 'items'
  const query = `mutation($i: [${type}!]!) { ${mutation}(${list}: $i) { accepted } }`
  const { errors } = await harness.ask(query, { i: [input] })
  return errors?.[0]?.message ?? 'accepted'
}
const verdict = (check: () => void): string => {
  try {
    check()
    return 'accepted'
  } catch (error) {
    return messageOf(error)
  }
}

/** All accept the value, or all say why they do not. */
function expectSame(verdicts: Readonly<Record<string, string>>): void {
  const isAccepted = Object.values(verdicts).map((text) => text === 'accepted')
  expect(new Set(isAccepted).size, JSON.stringify(verdicts)).toBe(1)
}

const event = { eventId: 'e', userId: 'ann', itemId: 'tent', type: 'VIEW', timestamp: '2026-01-01T00:00:00Z' }
const wide = 'é'.repeat(129)
const fits = 'é'.repeat(128)
const events: readonly object[] = [
  {},
  ...['eventId', 'userId', 'itemId', 'recommendationId'].flatMap((field) => [
    { [field]: '' },
    { [field]: fits },
    { [field]: wide },
    { [field]: '🏕'.repeat(65) },
    { [field]: '🏕'.repeat(64) },
    { [field]: 'x'.repeat(257) },
    { [field]: 'a\0b' },
    { [field]: ' ' },
  ]),
  ...[
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00Z',
    '2026-01-01t00:00:00z',
    '2026-12-31T23:59:60Z',
    '2016-12-31T23:59:60Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-01T00:00:00.123456789Z',
    '2026-01-01T00:00:00.1234567891Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+0200',
    '2026-01-01T00:00:00+02',
    '2026-01-01T00:00:00+02:00',
    '2026-01-01T00:00:00-23:59',
    '2026-01-01T00:00:00+24:00',
    '1969-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-02:00',
    '2026-01-01',
    '20260101T000000Z',
  ].map((timestamp) => ({ timestamp })),
  ...[null, -1, 0, 0.5, 5, 5.1].flatMap((value) => [{ value }, { type: 'RATING', value }]),
  { type: 'RATING' },
  ...[null, 0, 1, 1.5, 1e6, 1e6 + 1].map((quantity) => ({ quantity })),
  ...[null, 0, 1, 1.5, 1000, 1001].map((position) => ({ position })),
  ...[null, -0.1, 0, 1, 1.1].flatMap((portion) => [{ portion }, { type: 'CONSUME', portion }]),
  ...[null, -1, 0, 86_400, 86_401].flatMap((seconds) => [{ seconds }, { type: 'CART', seconds }]),
  ...[null, -1, 0, 1e12, 1.1e12].flatMap((unitPrice) => [{ unitPrice }, { type: 'PURCHASE', unitPrice }]),
  ...[null, '', 'EUR', 'eur', 'XYZ', 'EURO'].map((currency) => ({ type: 'REFUND', unitPrice: 1, currency })),
  { type: 'REFUND', currency: 'EUR' },
  { type: 'view' },
  { price: 1 },
]

describe('an event', () => {
  test.each(events.map((fields) => [JSON.stringify(fields).slice(0, 70), fields]))('%s', async (_, fields) => {
    const input = { ...event, ...fields } as typeof event
    const api = await byApi('recordEvents', 'EventInput', input)
    const bytes = encodeInteraction({ v: 1, kind: 'event', ...input } as never)
    const kafka = verdict(() => decodeInteraction('', bytes, Date.now()))
    const file = verdict(() => checkEvent(input as never, Date.now()))
    expectSame({ api, kafka, file })
  })
})

const item = { id: 'tent', title: 'Tent' }
const times = [
  '2026-01-01 00:00:00Z',
  '2016-12-31T23:59:60Z',
  '2026-02-29T00:00:00Z',
  '1850-01-01T00:00:00Z',
  '0000-01-01T00:00:00+02:00',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59-02:00',
  '2026-01-01T24:00:00Z',
]
const items: readonly object[] = [
  {},
  ...['', fits, wide, '🏕'.repeat(65), ' ', 'a\0b'].flatMap((text) => [{ id: text }, { groupId: text }]),
  ...['', ' ', 'x'.repeat(1000), 'x'.repeat(1001), '🏕'.repeat(500), '🏕'.repeat(501)].map((title) => ({ title })),
  ...['', 'x'.repeat(20_000), 'x'.repeat(20_001), '🏕'.repeat(10_001)].map((description) => ({ description })),
  ...['', 'x'.repeat(2048), 'x'.repeat(2049), '🏕'.repeat(1025)].map((imageUrl) => ({ imageUrl })),
  ...['', ' ', 'x'.repeat(256), 'x'.repeat(257), fits, wide, '🏕'.repeat(129), '🏕'.repeat(128)].flatMap((label) => [
    { categories: [label] },
    { tags: [label] },
  ]),
  { categories: null },
  { tags: null },
  { attributes: null },
  { available: null },
  { categories: Array(101).fill('a') },
  { categories: ['a', 'a'] },
  ...[null, -1, 0, 1e300].map((price) => ({ price })),
  ...['publishedAt', 'availableFrom', 'availableUntil'].flatMap((field) => times.map((time) => ({ [field]: time }))),
  { availableFrom: '2026-01-02T00:00:00Z', availableUntil: '2026-01-01T00:00:00Z' },
  { availableFrom: '2026-01-02T00:00:00Z', availableUntil: '2026-01-02T00:00:00Z' },
  ...[
    {},
    { text: '' },
    { text: 'a' },
    { text: wide },
    { text: fits },
    { number: 1 },
    { flag: false },
    { text: 'a', number: 1 },
    { text: 'a', number: null },
  ].map((value) => ({ attributes: [{ name: 'color', ...value }] })),
  ...['', 'é'.repeat(33), 'é'.repeat(32), ' '].map((name) => ({ attributes: [{ name, flag: true }] })),
  { attributes: Array(33).fill({ name: 'a', flag: true }) },
  { price: '1' },
  { color: 'red' },
]

describe('an item', () => {
  test.each(items.map((fields) => [JSON.stringify(fields).slice(0, 70), fields]))('%s', async (_, fields) => {
    const input = { ...item, ...fields } as typeof item
    const api = await byApi('putItems', 'ItemInput', input)
    const kafka = verdict(() => decodeItem(input.id, encodeItem({ v: 1, ...input })))
    const read = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
    const file = verdict(() => checkItem({ categories: [], tags: [], ...read } as never))
    expectSame({ api, kafka, file })
  })
})

test('fields that are null in a record count as left out', () => {
  const nothing = { categories: null, tags: null, attributes: null, available: null }
  expect(decodeItem('tent', Buffer.from(JSON.stringify({ v: 1, ...item, ...nothing })))).toEqual({ v: 1, ...item })
  const record = { v: 1, kind: 'event', ...event, quantity: null }
  expect(decodeInteraction('', Buffer.from(JSON.stringify(record)), Date.now())).toEqual({
    v: 1,
    kind: 'event',
    ...event,
  })
})

test.each([
  [{ userId: wide }, 'events[0].userId: expected 1..256 bytes, got "'],
  [{ userId: wide }, '(258 bytes)'],
])('the message for %o states the size in the unit of the rule: %s', async (fields, words) => {
  expect(await byApi('recordEvents', 'EventInput', { ...event, ...fields })).toContain(words)
})

test('the message for a long title counts characters', async () => {
  expect(await byApi('putItems', 'ItemInput', { ...item, title: '🏕'.repeat(1001) })).toContain('(1001 characters)')
})
