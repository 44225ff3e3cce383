import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../platform/config.ts'
import { decodeInteraction } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ env: { PICKSTREAM_CURRENCY: 'CHF' } })
})
afterAll(() => harness.close())

const record = (...events: object[]) =>
  harness.ask('mutation ($events: [EventInput!]!) { recordEvents(events: $events) { accepted token } }', {
    events: events.map((event) => ({ userId: 'ada', itemId: 'film', ...event })),
  })
const endOffset = async () => (await harness.log.endOffsets(topics.interactions))[0]!
async function lastRecord() {
  const [stored] = await harness.log.read(topics.interactions, 0, (await endOffset()) - 1, 1)
  return decodeInteraction(stored!.key, stored!.value, stored!.appendedAt)
}

describe('details of an event', () => {
  test.each([
    { type: 'CLICK', position: 3, seconds: 12.5 },
    { type: 'IMPRESSION', position: 1000 },
    { type: 'CONSUME', portion: 0.25, seconds: 86_400 },
    { type: 'CONSUME', portion: 1 },
    { type: 'CONSUME' },
    { type: 'VIEW', seconds: 0 },
    { type: 'PURCHASE', unitPrice: 0, currency: 'JPY' },
    { type: 'REFUND', unitPrice: 12.9, currency: 'EUR', position: 1 },
  ])('$type is in the log as it was sent', async (event) => {
    expect((await record(event)).data.recordEvents.accepted).toBe(1)
    expect(await lastRecord()).toMatchObject(event)
  })

  test('a price without a currency gets the configured one; an event without a price gets none', async () => {
    await record({ type: 'PURCHASE', unitPrice: 5 })
    expect(await lastRecord()).toMatchObject({ unitPrice: 5, currency: 'CHF' })
    await record({ type: 'PURCHASE' })
    expect(await lastRecord()).not.toHaveProperty('currency')
  })

  test('a configured currency that is none of ISO 4217 is refused', () => {
    expect(() => readConfig({ PICKSTREAM_CURRENCY: 'EURO' })).toThrow(
      'currency code of ISO 4217 such as EUR, got "EURO"',
    )
    expect(readConfig({}).CURRENCY).toBe('EUR')
  })

  test.each([
    ['position', { type: 'CLICK', position: 0 }, 'expected 1..1000, got 0'],
    ['position', { type: 'CLICK', position: 1001 }, 'expected 1..1000, got 1001'],
    ['portion', { type: 'CONSUME', portion: -0.1 }, 'expected 0..1, got -0.1'],
    ['portion', { type: 'CONSUME', portion: 1.5 }, 'expected 0..1, got 1.5'],
    ['portion', { type: 'VIEW', portion: 0.5 }, 'expected nothing for a VIEW (CONSUME only), got 0.5'],
    ['seconds', { type: 'VIEW', seconds: -1 }, 'expected 0..86400, got -1'],
    ['seconds', { type: 'CONSUME', seconds: 86_401 }, 'expected 0..86400, got 86401'],
    ['seconds', { type: 'LIKE', seconds: 5 }, 'expected nothing for a LIKE (CONSUME, VIEW, CLICK only), got 5'],
    ['unitPrice', { type: 'PURCHASE', unitPrice: -1 }, 'expected 0..1000000000000, got -1'],
    ['unitPrice', { type: 'REFUND', unitPrice: 1.1e12 }, 'expected 0..1000000000000, got 1100000000000'],
    ['unitPrice', { type: 'VIEW', unitPrice: 1 }, 'expected nothing for a VIEW (PURCHASE, REFUND only), got 1'],
    ['currency', { type: 'PURCHASE', currency: 'eur' }, 'expected a currency code of ISO 4217 such as EUR, got "eur"'],
    ['currency', { type: 'CART', currency: 'EUR' }, 'expected nothing for a CART (PURCHASE, REFUND only), got "EUR"'],
  ])('a bad %s is refused with path, rule and value: %j', async (field, event, message) => {
    const before = await endOffset()
    const { errors } = await record({ type: 'VIEW' }, event)
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: `events[1].${field}`, message }],
    })
    expect(await endOffset()).toBe(before)
  })

  test('a price that is no finite number is refused', async () => {
    const { errors } = await harness.ask(
      'mutation { recordEvents(events: [{ userId: "u", itemId: "a", type: PURCHASE, unitPrice: 1e999 }]) { token } }',
    )
    expect(errors?.[0]?.extensions.issues).toEqual([
      { path: 'events[0].unitPrice', message: 'expected 0..1000000000000, got Infinity' },
    ])
  })
})

describe('details in a record of another service', () => {
  const decode = (fields: object) => {
    const event = {
      v: 1,
      kind: 'event',
      eventId: 'e',
      userId: 'ada',
      itemId: 'film',
      timestamp: '2026-01-01T00:00:00Z',
    }
    return decodeInteraction('ada', Buffer.from(JSON.stringify({ ...event, ...fields })), Date.UTC(2026, 1))
  }

  test('are taken', () => {
    const event = { type: 'CONSUME', portion: 0.5, seconds: 60, position: 2 }
    expect(decode(event)).toMatchObject(event)
    expect(decode({ type: 'PURCHASE', unitPrice: 1, currency: 'USD' })).toMatchObject({ unitPrice: 1, currency: 'USD' })
    expect(decode({ type: 'VIEW', portion: null, unitPrice: null, currency: null })).toMatchObject({ type: 'VIEW' })
  })

  test.each([
    [{ type: 'CLICK', position: 1.5 }, 'position'],
    [{ type: 'CONSUME', portion: 2 }, 'portion'],
    [{ type: 'VIEW', portion: 0.5 }, 'portion: expected nothing for a VIEW (CONSUME only), got 0.5'],
    [{ type: 'CART', seconds: 5 }, 'seconds: expected nothing for a CART'],
    [{ type: 'VIEW', seconds: 1e6 }, 'seconds'],
    [{ type: 'CART', unitPrice: 5 }, 'unitPrice: expected nothing for a CART'],
    [{ type: 'PURCHASE', unitPrice: -5 }, 'unitPrice'],
    [{ type: 'PURCHASE', unitPrice: 1.1e12 }, 'unitPrice'],
    [{ type: 'PURCHASE', currency: 'ABC' }, 'currency: expected a currency code of ISO 4217 such as EUR, got "ABC"'],
  ])('that break a rule make a dead letter: %j', (fields, words) => {
    expect(() => decode(fields)).toThrow(words)
  })
})
