import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeInteraction } from '../../schema/records/interaction.ts'
import { decodeItem } from '../../schema/records/item.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

/** JSON may say 1e999, which JSON.stringify cannot write. */
const askText = async (query: string, variables: string): Promise<Answer> => {
  const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`
  const response = await fetch(harness.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return (await response.json()) as Answer
}

const refusal = ({ errors }: Answer) => {
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  return `${errors?.[0]?.message} ${JSON.stringify(errors?.[0]?.extensions.issues ?? [])}`
}

describe('numbers that are no numbers', () => {
  test.each([
    [
      'a price',
      'mutation { putItems(items: [{ id: "a", title: "A", price: 1e999 }]) { token } }',
      'items[0].price: expected a number from 0, got Infinity',
    ],
    [
      'a rating',
      'mutation { recordEvents(events: [{ userId: "u", itemId: "a", type: RATING, value: 1e999 }]) { token } }',
      'events[0].value: expected 0..5 stars for a RATING, got Infinity',
    ],
    [
      'a filter',
      '{ trending(filter: { minPrice: 1e999 }) { rank } }',
      'filter.minPrice: expected a number, got Infinity',
    ],
    [
      'diversity',
      '{ recommendations(userId: "u", diversity: 1e999) { id } }',
      'diversity: expected 0..1, got Infinity',
    ],
    [
      'the pace of the demo',
      'mutation { setDemo(paused: true, eventsPerSecond: 1e999) { paused } }',
      'eventsPerSecond',
    ],
  ])('%s as a literal', async (_name, query, words) => {
    expect(refusal(await harness.ask(query))).toContain(words)
  })

  test('as a variable', async () => {
    const query = 'mutation ($i: [ItemInput!]!) { putItems(items: $i) { token } }'
    const words = refusal(await askText(query, '{"i":[{"id":"a","title":"A","price":1e999}]}'))
    expect(words).toContain('"path":"i[0].price"')
    expect(words).toContain('Infinity')
  })

  test.each(['1e999', '-1e999'])('in a record of Kafka: %s', (price) => {
    const item = Buffer.from(`{"v":1,"id":"a","title":"A","price":${price}}`)
    expect(() => decodeItem('a', item)).toThrow(/^price: must be .*, got -?Infinity$/)
    const event = Buffer.from(
      `{"v":1,"kind":"event","eventId":"e","userId":"u","itemId":"a","type":"RATING","timestamp":"2026-01-01T00:00:00Z","value":${price}}`,
    )
    expect(() => decodeInteraction('u', event, 0)).toThrow(/^value: must be .*, got -?Infinity$/)
  })
})

describe('days that do not exist', () => {
  const days = [
    '2026-02-30',
    '2026-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '1900-02-29',
  ]
  test.each(days)('%s', async (day) => {
    const time = `${day}T12:00:00Z`
    const query = (at: string) =>
      `mutation ($t: DateTime) { recordEvents(events: [{ userId: "u", itemId: "a", type: VIEW, timestamp: ${at} }]) { token } }`
    const byVariable = refusal(await harness.ask(query('$t'), { t: time }))
    expect(byVariable).toContain('on a day that exists')
    expect(byVariable).toContain(`"path":"t"`)
    expect(byVariable).toContain(time)
    const literal = await harness.ask(query(`"${time}"`).replace('($t: DateTime) ', ''))
    expect(refusal(literal)).toContain(`on a day that exists, got "${time}"`)
    expect(refusal(literal)).toContain('"path":"events[0].timestamp"')
    const event = Buffer.from(
      `{"v":1,"kind":"event","eventId":"e","userId":"u","itemId":"a","type":"VIEW","timestamp":"${time}"}`,
    )
    expect(() => decodeInteraction('u', event, 0)).toThrow(
      `timestamp: must match format "date-time" {"format":"date-time"}, got "${time}"`,
    )
    const item = Buffer.from(`{"v":1,"id":"a","title":"A","publishedAt":"${time}"}`)
    expect(() => decodeItem('a', item)).toThrow('publishedAt: must match format')
  })

  test.each(['2024-02-29', '2000-02-29', '2026-12-31', '2026-02-28'])('%s is a day', async (day) => {
    const query = 'mutation ($t: DateTime) { putItems(items: [{ id: "a", title: "A", publishedAt: $t }]) { token } }'
    expect((await harness.ask(query, { t: `${day}T23:59:59.999+14:00` })).errors).toBeUndefined()
  })
})

test.each([
  ['{ trending(filter: { publishedAfter: "yesterday" }) { rank } }', 'filter.publishedAfter'],
  [
    'mutation { putItems(items: [{ id: "a", title: "A" }, { id: "b", title: "B", availableFrom: 5 }]) { token } }',
    'items[1].availableFrom',
  ],
  ['query ($t: DateTime = "soon") { trending(filter: { publishedAfter: $t }) { rank } }', 't'],
  ['query ($f: ItemFilter = { publishedAfter: "soon" }) { trending(filter: $f) { rank } }', 'f.publishedAfter'],
])('a time that is none, in %s, is named by its path', async (query, path) => {
  const { errors } = await harness.ask(query)
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    issues: [{ path, message: expect.stringMatching(/^expected .*, got [^,]+$/) }],
  })
})
