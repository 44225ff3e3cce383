import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeHistoryEvent, historyCluster, historySeq } from '../../schema/records/history.ts'
import { tables } from '../../schema/tables.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'tent', title: 'Tent' })
  const rows = Array.from({ length: 5 }, (_, n) => ({
    partition: 'ada',
    // The last two in a raised epoch, with smaller offsets.
    cluster: historyCluster(historySeq((n % 3) * 10, n === 3 ? 2 : 0), n < 3 ? 0 : 1),
    writeTimestamp: BigInt(n + 1),
    value: encodeHistoryEvent({
      eventId: `e${n}`,
      itemId: n === 0 ? 'unknown' : 'tent',
      type: n === 4 ? 'RATING' : 'VIEW',
      value: n === 4 ? 4.5 : null,
      quantity: n + 1,
      timestamp: Date.parse('2026-05-01T00:00:00Z') + n,
      recommendationId: null,
    }),
  }))
  await harness.store.put(tables.eventsByUser, rows)
})
afterAll(() => harness.close())

const events = async (args: string) => {
  const { data, errors } = await harness.ask(
    `{ user(id: "ada") { events(${args}) { edges { cursor node { eventId type itemId item { title } value quantity timestamp } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
  )
  expect(errors).toBeUndefined()
  return data.user.events
}
const idsOf = (page: { edges: { node: { eventId: string } }[] }) => page.edges.map(({ node }) => node.eventId)

test("a user's events, newest first, with what they were about", async () => {
  const page = await events('first: 2')
  expect(idsOf(page)).toEqual(['e4', 'e3'])
  const [first, last] = page.edges
  expect(page.pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: false,
    startCursor: first.cursor,
    endCursor: last.cursor,
  })
  expect(page.edges[0].node).toEqual({
    eventId: 'e4',
    type: 'RATING',
    itemId: 'tent',
    item: { title: 'Tent' },
    value: 4.5,
    quantity: 5,
    timestamp: '2026-05-01T00:00:00.004Z',
  })
})

test('pages by cursor to the end; an item the catalog does not have is null', async () => {
  const first = await events('first: 3')
  const second = await events(`first: 3, after: "${first.pageInfo.endCursor}"`)
  expect([...idsOf(first), ...idsOf(second)]).toEqual(['e4', 'e3', 'e2', 'e1', 'e0'])
  expect(second.pageInfo).toMatchObject({
    hasNextPage: false,
    hasPreviousPage: true,
    startCursor: second.edges[0].cursor,
  })
  const { pageInfo } = await events(`first: 3, after: "${second.pageInfo.endCursor}"`)
  expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null })
  expect(second.edges[1].node).toMatchObject({ itemId: 'unknown', item: null })
})

test('refuses a cursor of something else', async () => {
  const { errors } = await harness.ask('{ user(id: "ada") { events(after: "nonsense") { pageInfo { hasNextPage } } } }')
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'after' }] })
})

test('null where nothing is known; somebody where there is a list or a history', async () => {
  await harness.publishList('bob', aList({ offset: 1, unseen: ranked('tent') }))
  const { data } = await harness.ask(
    '{ a: user(id: "nobody") { id } b: user(id: "bob") { id recommendations(first: 1) { picks { item { id } } } } c: user(id: "ada") { id } }',
  )
  expect(data).toEqual({
    a: null,
    b: { id: 'bob', recommendations: { picks: [{ item: { id: 'tent' } }] } },
    c: { id: 'ada' },
  })
})
