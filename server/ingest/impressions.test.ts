import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeInteraction, type EventRecord } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import { IssuedLists } from '../lists/issued-lists.ts'

let harness: Harness
let listId: string
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'tent' }, { id: 'lamp' }, { id: 'rope' })
  await harness.publishList('ada', aList({ unseen: ranked('tent', 'lamp', 'rope') }))
  listId = (await harness.ask('{ recommendations(userId: "ada") { id } }')).data.recommendations.id
})
afterAll(() => harness.close())

const report = (variables: { u?: string; r?: string; i: string[] }) =>
  harness.ask(
    'mutation ($u: ID!, $r: ID!, $i: [ID!]!) { recordImpressions(userId: $u, recommendationId: $r, itemIds: $i) { accepted token } }',
    { u: 'ada', r: listId, ...variables },
  )
async function lastRecords(count: number): Promise<EventRecord[]> {
  const [end] = await harness.log.endOffsets(topics.interactions)
  const stored = await harness.log.read(topics.interactions, 0, end! - count, count)
  return stored.map(({ key, value, appendedAt }) => decodeInteraction(key, value, appendedAt) as EventRecord)
}

test('one IMPRESSION for each item, with its place in the list', async () => {
  const { data } = await report({ i: ['tent', 'lamp'] })
  expect(data.recordImpressions).toEqual({ accepted: 2, token: expect.any(String) })
  const common = { kind: 'event', userId: 'ada', type: 'IMPRESSION', recommendationId: listId }
  expect(await lastRecords(2)).toMatchObject([
    { ...common, itemId: 'tent', position: 1 },
    { ...common, itemId: 'lamp', position: 2 },
  ])
})

test('an item that comes into view later has the place that the list gave it', async () => {
  await report({ i: ['rope', 'tent', 'not in the list'] })
  const positions = (await lastRecords(3)).map(({ itemId, position }) => [itemId, position])
  expect(positions).toEqual([
    ['rope', 3],
    ['tent', 1],
    ['not in the list', 3],
  ])
})

test('of lists that were answered with last the order is known, within bounds', () => {
  const lists = new IssuedLists()
  for (let n = 0; n < 25_000; n++) lists.put(`list ${n}`, ['a', 'b'])
  expect(lists.size).toBe(20_000)
  expect(lists.positionsOf('list 24999', ['b', 'a'])).toEqual([2, 1])
  expect(lists.positionsOf('list 0', ['b', 'a'])).toEqual([1, 2])
  for (let n = 0; n < 10_000; n++) lists.put(`long ${n}`, Array(99).fill('x'))
  expect(lists.size).toBe(4_040)
})

test('the same list and item have the same event id whenever they are reported, and no others have it', async () => {
  await report({ i: ['tent', 'lamp', 'tent'] })
  const [first, other, again] = await lastRecords(3)
  expect(again!.eventId).toBe(first!.eventId)
  expect(other!.eventId).not.toBe(first!.eventId)
  const trending = (await harness.ask('{ recommendations(userId: "ada", first: 1) { id } }')).data.recommendations.id
  expect(trending).not.toBe(listId)
  await report({ r: trending, i: ['tent'] })
  expect((await lastRecords(1))[0]!.eventId).not.toBe(first!.eventId)
})

test('a list of a session may have been shown to any user', async () => {
  const session = await harness.ask('{ sessionRecommendations(events: [{ itemId: "tent" }]) { id } }')
  const { data } = await report({ u: 'guest', r: session.data.sessionRecommendations.id, i: ['lamp'] })
  expect(data.recordImpressions.accepted).toBe(1)
})

test.each([
  ['forged', { r: 'forged', i: ['tent'] }],
  ["of another user's list", { u: 'bob', i: ['tent'] }],
])('an id that is %s is refused, and nothing is recorded', async (_, variables) => {
  const before = await harness.log.endOffsets(topics.interactions)
  const { errors } = await report(variables)
  const received = JSON.stringify('r' in variables ? variables.r : listId)
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    issues: [{ path: 'recommendationId', message: `expected the id of a list of this user, got ${received}` }],
  })
  expect(await harness.log.endOffsets(topics.interactions)).toEqual(before)
})

test.each([
  ['no item', [], 'itemIds', 'expected 1..1000 ids, got 0'],
  [
    'more than a thousand',
    Array.from({ length: 1001 }, (_, n) => `i${n}`),
    'itemIds',
    'expected 1..1000 ids, got 1001',
  ],
  ['an empty id', ['tent', ''], 'itemIds[1]', 'expected 1..256 bytes, got ""'],
])('%s is refused', async (_, i, path, message) => {
  const { errors } = await report({ i })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path, message }] })
})

test('a thousand items are taken', async () => {
  const { data } = await report({ i: Array.from({ length: 1000 }, (_, n) => `i${n}`) })
  expect(data.recordImpressions.accepted).toBe(1000)
  expect((await lastRecords(1))[0]).toMatchObject({ itemId: 'i999', position: 1000 })
})
