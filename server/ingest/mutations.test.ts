import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { AppError } from '../../schema/app-error.ts'
import { decodeToken, userHash } from '../../schema/causal-token.ts'
import { decodeInteraction } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

const now = Date.parse('2026-05-01T12:00:00Z')
const clock = {
  now: () => now,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}

let harness: Harness
let appends = 0
let failing = false
beforeAll(async () => {
  harness = await startHarness({ clock, wrap: ({ log, store }) => ({ log: counting(log), store }) })
})
afterAll(() => harness.close())

function counting(log: EventLog): EventLog {
  return new Proxy(log, {
    get(target, name) {
      if (name !== 'append') return Reflect.get(target, name).bind(target)
      return (...args: Parameters<EventLog['append']>) => {
        if (args[0] === topics.interactions) appends++
        if (failing)
          return Promise.reject(new AppError('UNAVAILABLE', { message: 'the log did not confirm within 10 s' }))
        return target.append(...args)
      }
    },
  })
}

const record = (...events: object[]) =>
  harness.ask('mutation ($events: [EventInput!]!) { recordEvents(events: $events) { accepted token } }', { events })
const anEvent = (fields: object = {}) => ({ userId: 'ada', itemId: 'tent', type: 'VIEW', ...fields })

async function lastRecords(count: number) {
  const [end] = await harness.log.endOffsets(topics.interactions)
  const stored = await harness.log.read(topics.interactions, 0, end! - count, count)
  return stored.map((one) => ({ ...one, record: decodeInteraction(one.key, one.value, one.appendedAt) }))
}
const endOffset = async () => (await harness.log.endOffsets(topics.interactions))[0]

describe('recordEvents', () => {
  test('is in the log when it answers, keyed by user, with what was left out filled in', async () => {
    const { data } = await record(anEvent({ recommendationId: 'list-1' }), anEvent({ userId: 'bob', quantity: 2 }))
    expect(data.recordEvents.accepted).toBe(2)
    const [first, second] = await lastRecords(2)
    expect(first!.key).toBe('ada')
    expect(first!.record).toMatchObject({
      kind: 'event',
      timestamp: '2026-05-01T12:00:00.000Z',
      recommendationId: 'list-1',
      eventId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    })
    expect(second!.record).toMatchObject({ userId: 'bob', quantity: 2 })
    expect(first!.headers.born).toBe(String(now))
  })

  test('all events of a call are one append, and the token names the newest position of each user', async () => {
    appends = 0
    const { data } = await record(anEvent(), anEvent({ userId: 'bob' }), anEvent({ itemId: 'lamp' }))
    const end = await endOffset()
    expect(appends).toBe(1)
    const { positions } = decodeToken(data.recordEvents.token)
    expect([...positions]).toEqual([
      [userHash('ada'), { partition: 0, offset: end! - 1 }],
      [userHash('bob'), { partition: 0, offset: end! - 2 }],
    ])
  })

  test("takes the client's own event id, twice if it must, and an item nobody knows", async () => {
    const same = anEvent({ eventId: 'mine', itemId: 'nobody knows it' })
    expect((await record(same, same)).data.recordEvents.accepted).toBe(2)
    expect((await lastRecords(1))[0]!.record).toMatchObject({ eventId: 'mine', itemId: 'nobody knows it' })
  })

  test('takes a rating of 0 to 5 and a time up to 5 minutes ahead', async () => {
    const ok = [
      anEvent({ type: 'RATING', value: 0 }),
      anEvent({ type: 'RATING', value: 5 }),
      anEvent({ timestamp: '2026-05-01T12:05:00Z' }),
      anEvent({ timestamp: '1999-12-31T23:59:59+02:00' }),
    ]
    expect((await record(...ok)).errors).toBeUndefined()
  })

  test.each([
    ['userId', { userId: '' }, '1..256 bytes, got ""'],
    ['userId', { userId: 'é'.repeat(129) }, '1..256 bytes'],
    ['userId', { userId: 'half \ud83d' }, 'well-formed Unicode, got "half \\ud83d"'],
    ['itemId', { itemId: 'x'.repeat(257) }, '(257 bytes)'],
    ['eventId', { eventId: '' }, '1..256 bytes'],
    ['recommendationId', { recommendationId: 'x'.repeat(300) }, '1..256 bytes'],
    ['value', { type: 'RATING' }, '0..5 stars for a RATING, got null'],
    ['value', { type: 'RATING', value: 5.5 }, '0..5 stars for a RATING, got 5.5'],
    ['value', { type: 'VIEW', value: -1 }, '0..5'],
    ['quantity', { quantity: 0 }, '1..1000000, got 0'],
    ['timestamp', { timestamp: '2026-05-01T12:05:00.001Z' }, 'at most 5 minutes in the future'],
  ])('refuses a bad %s of one event, and with it the whole batch', async (field, fields, rule) => {
    const before = await endOffset()
    const { data, errors } = await record(anEvent(), anEvent(), anEvent(), anEvent(fields))
    expect(data).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
    expect(errors?.[0]?.extensions.issues).toHaveLength(1)
    expect(errors?.[0]?.extensions.issues[0].path).toBe(`events[3].${field}`)
    expect(errors?.[0]?.extensions.issues[0].message).toContain(rule)
    expect(await endOffset()).toBe(before)
  })

  test('says all problems at once', async () => {
    const { errors } = await record(anEvent({ userId: '' }), anEvent({ quantity: 0 }))
    expect(errors?.[0]?.extensions.issues.map((issue: { path: string }) => issue.path)).toEqual([
      'events[0].userId',
      'events[1].quantity',
    ])
  })

  test.each([0, 1001])('refuses a batch of %i events', async (size) => {
    const { errors } = await record(...Array.from({ length: size }, () => anEvent()))
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'events' }] })
    expect(errors?.[0]?.message).toContain(`1..1000 events, got ${size}`)
  })

  test('takes a batch of 1000', async () => {
    const { data } = await record(...Array.from({ length: 1000 }, () => anEvent()))
    expect(data.recordEvents.accepted).toBe(1000)
  })

  test.each([
    ['an unknown type', { type: 'STARE' }, 'events[0].type'],
    ['a date without a zone', { timestamp: '2026-05-01 12:00' }, 'events[0].timestamp'],
    ['a field that is not there', { color: 'red' }, 'events[0]'],
  ])('names the element with %s', async (_name, fields, path) => {
    const { errors } = await record(anEvent(fields))
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false, issues: [{ path }] })
  })

  test('says UNAVAILABLE, retriable, when the log does not confirm', async () => {
    failing = true
    const { errors } = await record(anEvent())
    failing = false
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retriable: true })
  })
})

describe('the other mutations', () => {
  test('undoEvents', async () => {
    const { data } = await harness.ask(
      'mutation { undoEvents(userId: "ada", eventIds: ["e1", "e2"]) { accepted token } }',
    )
    expect(data.undoEvents.accepted).toBe(2)
    const { record, offset } = (await lastRecords(1))[0]!
    expect(record).toEqual({ v: 1, kind: 'undo', userId: 'ada', eventIds: ['e1', 'e2'] })
    expect(decodeToken(data.undoEvents.token).positions.get(userHash('ada'))?.offset).toBe(offset)
  })

  test('identify: the token waits for the user to have adopted and for the guest to be forgotten', async () => {
    const { data } = await harness.ask('mutation { identify(guestId: "guest", userId: "ada") { accepted token } }')
    const { key, record, partition, offset } = (await lastRecords(1))[0]!
    expect(key).toBe('guest')
    expect(record).toEqual({ v: 1, kind: 'identify', userId: 'guest', into: 'ada' })
    const token = decodeToken(data.identify.token)
    expect(token.adopted).toEqual(new Map([[userHash('ada'), { partition, offset }]]))
    expect(token.positions).toEqual(new Map([[userHash('guest'), { partition, offset }]]))
  })

  test('identify refuses a guest that is the user', async () => {
    const { errors } = await harness.ask('mutation { identify(guestId: "ada", userId: "ada") { token } }')
    expect(errors?.[0]?.extensions.issues[0].path).toBe('userId')
  })

  test('forgetUser', async () => {
    const { data } = await harness.ask('mutation { forgetUser(userId: "ada") { accepted token } }')
    const { record, offset } = (await lastRecords(1))[0]!
    expect(record).toEqual({ v: 1, kind: 'forget', userId: 'ada' })
    expect(decodeToken(data.forgetUser.token).positions.get(userHash('ada'))?.offset).toBe(offset)
  })

  test('putItems is an upsert with the defaults of the contract; removeItems takes out', async () => {
    const put = 'mutation ($i: [ItemInput!]!) { putItems(items: $i) { accepted token } }'
    const first = await harness.ask(put, { i: [{ id: 'tent', title: 'Tent' }] })
    expect(first.data.putItems.accepted).toBe(1)
    const { data } = await harness.ask(put, {
      i: [{ id: 'tent', title: 'Big tent', price: 9.5, publishedAt: '2026-01-02T03:04:05Z', tags: ['x'] }],
    })
    const after = decodeToken(data.putItems.token).items
    expect(after).toBe((await harness.log.endOffsets(topics.items))[0])
    const item = () =>
      harness.ask(
        'query ($t: String!) { recommendations(userId: "x", after: $t) { id } item(id: "tent") { title description categories tags price imageUrl available publishedAt } }',
        { t: data.putItems.token },
      )
    await item()
    expect((await item()).data.item).toEqual({
      title: 'Big tent',
      description: null,
      categories: [],
      tags: ['x'],
      price: 9.5,
      imageUrl: null,
      available: true,
      publishedAt: '2026-01-02T03:04:05.000Z',
    })
    const removed = await harness.ask('mutation { removeItems(ids: ["tent", "never was"]) { accepted token } }')
    expect(removed.data.removeItems.accepted).toBe(2)
    await harness.ask('query ($t: String!) { recommendations(userId: "x", after: $t) { id } }', {
      t: removed.data.removeItems.token,
    })
    expect((await item()).data.item).toBeNull()
  })

  test.each([
    ['id', { id: '' }],
    ['title', { title: '' }],
    ['title', { title: 'half \ud83d' }],
    ['tags[1]', { tags: ['x', '\udc00'] }],
    ['price', { price: -1 }],
    ['categories[1]', { categories: ['ok', ''] }],
    ['imageUrl', { imageUrl: `https://${'x'.repeat(2100)}` }],
  ])('putItems refuses a bad %s, and nothing of the batch is put', async (field, fields) => {
    const before = await harness.log.endOffsets(topics.items)
    const items = [
      { id: 'ok', title: 'Ok' },
      { id: 'bad', title: 'Bad', ...fields },
    ]
    const { errors } = await harness.ask('mutation ($i: [ItemInput!]!) { putItems(items: $i) { token } }', { i: items })
    expect(errors?.[0]?.extensions.issues[0].path).toBe(`items[1].${field}`)
    expect(await harness.log.endOffsets(topics.items)).toEqual(before)
  })
})

describe('events that nobody waits for', () => {
  const bulk = (...events: object[]) =>
    harness.ask(
      'mutation ($events: [EventInput!]!) { recordEvents(events: $events, priority: BULK) { accepted token } }',
      { events },
    )
  const backfillEnd = async () => (await harness.log.endOffsets(topics.backfill))[0]
  const lastOf = async () => {
    const end = await backfillEnd()
    const { key, value, appendedAt } = (await harness.log.read(topics.backfill, 0, end! - 1, 1))[0]!
    return decodeInteraction(key, value, appendedAt)
  }

  test('are durable in the backfill, and the token names their places there', async () => {
    const before = await endOffset()
    const { data } = await bulk(anEvent({ userId: 'bulk', eventId: 'b-1' }))
    expect(data.recordEvents.accepted).toBe(1)
    expect(await lastOf()).toMatchObject({ kind: 'event', eventId: 'b-1', userId: 'bulk' })
    const token = decodeToken(data.recordEvents.token)
    expect([...token.backfilled]).toEqual([[userHash('bulk'), { partition: 0, offset: (await backfillEnd())! - 1 }]])
    expect(token.positions.size).toBe(0)
    expect(await endOffset()).toBe(before)
  })

  test('LIVE is the default, also where it is given as null', async () => {
    const before = await backfillEnd()
    const query =
      'mutation ($p: EventPriority) { recordEvents(events: [{ userId: "a", itemId: "b", type: VIEW }], priority: $p) { token } }'
    for (const p of ['LIVE', null, undefined]) {
      const { data } = await harness.ask(query, { p })
      expect(decodeToken(data.recordEvents.token).positions.size).toBe(1)
    }
    expect(await backfillEnd()).toBe(before)
  })

  test('what they are has to hold as of any other', async () => {
    const { errors } = await bulk(anEvent({ itemId: '' }))
    expect(errors?.[0]?.extensions.issues[0].path).toBe('events[0].itemId')
  })

  test('an erasure covers those that wait', async () => {
    await bulk(anEvent({ userId: 'bulk' }))
    await harness.ask('mutation { forgetUser(userId: "bulk") { token } }')
    const { record } = (await lastRecords(1))[0]!
    expect(record).toEqual({ v: 1, kind: 'forget', userId: 'bulk', backfillBefore: await backfillEnd() })
  })

  test('an undo and an identify are said again behind those that wait', async () => {
    await bulk(anEvent({ userId: 'bulk', eventId: 'b-2' }))
    await harness.ask('mutation { undoEvents(userId: "bulk", eventIds: ["b-2"]) { token } }')
    const undo = { v: 1, kind: 'undo', userId: 'bulk', eventIds: ['b-2'] }
    expect([(await lastRecords(1))[0]!.record, await lastOf()]).toEqual([undo, undo])
    await harness.ask('mutation { identify(guestId: "bulk", userId: "ada") { token } }')
    const identify = { v: 1, kind: 'identify', userId: 'bulk', into: 'ada' }
    expect([(await lastRecords(1))[0]!.record, await lastOf()]).toEqual([identify, identify])
  })

  test('an undo of priority BULK waits behind them, and its token too', async () => {
    await bulk(anEvent({ userId: 'bulk', eventId: 'b-3' }))
    const [before] = await lastRecords(1)
    const { data } = await harness.ask(
      'mutation { undoEvents(userId: "bulk", eventIds: ["b-3", "b-4"], priority: BULK) { accepted token } }',
    )
    expect(data.undoEvents.accepted).toBe(2)
    expect(await lastOf()).toEqual({ v: 1, kind: 'undo', userId: 'bulk', eventIds: ['b-3', 'b-4'] })
    expect((await lastRecords(1))[0]).toEqual(before)
    const token = decodeToken(data.undoEvents.token)
    expect(token.positions.size).toBe(0)
    expect(token.backfilled.get(userHash('bulk'))).toBeDefined()
  })
})
