import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyToken, encodeToken, userHash } from '../../schema/causal-token.ts'
import { encodeItem } from '../../schema/records/item.ts'
import { encodeUserState } from '../../schema/records/user-state.ts'
import { formatRevision, revisionOf, writeTimestampOf } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { anInteraction, EmbedHarness } from '../../test/support/interactions.ts'
import { type Answer, type Harness, startHarness } from '../../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'a' }, { id: 'b' })
})
afterAll(() => harness.close())

const read = (userId: string, after: string, timeoutMs = 10_000): Promise<Answer> =>
  harness.ask(
    'query ($u: ID!, $after: String, $t: Int) { recommendations(userId: $u, after: $after, timeoutMs: $t) { revision personalized picks { item { id } } } }',
    { u: userId, after, t: timeoutMs },
  )
const tokenOf = (userId: string, offset: number) =>
  encodeToken({ ...emptyToken, positions: new Map([[userHash(userId), { partition: 0, offset }]]) })
/** How the revision of a list of this position begins. */
const revisionAt = (offset: number) => new RegExp(`^${formatRevision(revisionOf(offset))}`)

/** The row of a user who did something at `changed`, and did it again at `offset`. */
function stateAt(userId: string, changed: number, offset: number) {
  const embed = new EmbedHarness()
  const event = anInteraction({ userId })
  for (const place of [changed, offset]) embed.at(place, event)
  const value = encodeUserState(embed.state(userId))
  return { partition: userId, value, writeTimestamp: writeTimestampOf(offset) }
}

/** Long enough for the server to have begun waiting; nothing depends on it but what is tried. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 50))

test('`after` waits for a list that has seen the event, woken by the push path', async () => {
  await harness.publishList('ada', aList({ offset: 3, unseen: ranked('a') }))
  const answer = read('ada', tokenOf('ada', 5))
  await aMoment()
  await harness.publishList('ada', aList({ offset: 5, unseen: ranked('b') }))
  expect((await answer).data.recommendations.revision).toMatch(revisionAt(5))
})

test('a list is enough where the records behind it changed nothing, as the state of its user says', async () => {
  await harness.publishList('bob', aList({ offset: 3 }))
  const answer = read('bob', tokenOf('bob', 9))
  await aMoment()
  await harness.store.put(tables.userStates, [stateAt('bob', 3, 9)])
  const { data, errors } = await answer
  expect(errors).toBeUndefined()
  expect(data.recommendations.revision).toMatch(revisionAt(3))
})

test.each([
  ['changed something', 'ben', 4, 9],
  ['was not applied yet', 'bea', 3, 8],
])('a list is not enough where a record behind it %s', async (_, userId, changed, offset) => {
  await harness.publishList(userId, aList({ offset: 3 }))
  await harness.store.put(tables.userStates, [stateAt(userId, changed, offset)])
  const { errors } = await read(userId, tokenOf(userId, 9), 400)
  expect(errors?.[0]?.extensions.code).toBe('PICKS_NOT_FRESH')
})

test('a list that only the store has is found, though nothing was pushed', async () => {
  const answer = read('cyd', tokenOf('cyd', 4))
  await aMoment()
  const { encodeList, listWrittenAt } = await import('../../schema/records/list.ts')
  const list = aList({ offset: 4 })
  await harness.store.put(tables.listsByUser, [
    { partition: 'cyd', value: encodeList(list), writeTimestamp: listWrittenAt(list) },
  ])
  expect((await answer).errors).toBeUndefined()
})

test('a token that does not name the user is satisfied at once', async () => {
  const { data, errors } = await read('dan', tokenOf('somebody else', 1_000), 0)
  expect(errors).toBeUndefined()
  expect(data.recommendations.personalized).toBe(false)
})

test('a token of a BULK call waits for a list that has seen its place in the backfill', async () => {
  const token = encodeToken({ ...emptyToken, backfilled: new Map([[userHash('kim'), { partition: 0, offset: 8 }]]) })
  await harness.publishList('kim', aList({ offset: 30, unseen: ranked('a') }))
  await harness.publishList('kim', { ...aList({ offset: 31 }), backfilled: 7 })
  const answer = read('kim', token)
  await aMoment()
  await harness.publishList('kim', { ...aList({ offset: 40 }), backfilled: 8 })
  expect((await answer).data.recommendations.revision).toMatch(revisionAt(40))
})

test('a token of a BULK call is satisfied by an erasure that covers its place, in the topic and in the store', async () => {
  const { encodeDoneErasure, erasureKey } = await import('../../schema/records/erasure.ts')
  for (const [user, backfilled, fresh] of [
    ['lea', 8, true],
    ['mia', 7, false],
  ] as const) {
    const token = encodeToken({ ...emptyToken, backfilled: new Map([[userHash(user), { partition: 0, offset: 8 }]]) })
    const value = encodeDoneErasure({ offset: 5, backfilled })
    await harness.store.put(tables.erasures, [{ partition: erasureKey(user), value, writeTimestamp: 6n }])
    expect((await read(user, token, 100)).errors === undefined).toBe(fresh)
  }
})

test('too late: PICKS_NOT_FRESH, retriable, with the picks it has', async () => {
  await harness.publishList('eve', aList({ offset: 3, unseen: ranked('b') }))
  const { data, errors } = await read('eve', tokenOf('eve', 7), 50)
  expect(data).toBeNull()
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'PICKS_NOT_FRESH',
    retriable: true,
    recommendations: {
      userId: 'eve',
      revision: expect.stringMatching(revisionAt(3)),
      computedAt: '2023-11-14T22:13:20.000Z',
      picks: [{ rank: 1, item: { id: 'b' }, reason: { __typename: 'MatchesTaste' } }, { item: { id: 'a' } }],
    },
  })
  expect(errors?.[0]?.message).toContain('50 ms')
})

test('a guest identified as the user: waits until the list has adopted the guest', async () => {
  const at = { partition: 0, offset: 20 }
  const token = encodeToken({ ...emptyToken, adopted: new Map([[userHash('fay'), at]]) })
  await harness.publishList('fay', aList({ offset: 30, adopted: [{ partition: 0, offset: 11 }] }))
  const early = await read('fay', token, 50)
  expect(early.errors?.[0]?.extensions.code).toBe('PICKS_NOT_FRESH')
  await harness.publishList('fay', aList({ offset: 31, adopted: [{ partition: 0, offset: 11 }, at] }))
  expect((await read('fay', token)).data.recommendations.revision).toMatch(revisionAt(31))
})

test('an erasure seen on the topic shows a stranger, with a revision that does not fall', async () => {
  await harness.publishList('gus', aList({ offset: 40, unseen: ranked('b') }))
  const answer = read('gus', tokenOf('gus', 41))
  await aMoment()
  await harness.store.erase(tables.listsByUser, 'gus', writeTimestampOf(41))
  await harness.log.append(topics.lists, [{ key: 'gus', value: null, headers: { offset: '41', epoch: '0' } }])
  const { data } = await answer
  expect(data.recommendations).toMatchObject({ personalized: false, revision: expect.stringMatching(revisionAt(41)) })
})

test('an erasure that happened before this server looked is known from the table of erasures', async () => {
  const partition = createHash('sha256').update('hal').digest('hex')
  const before = await read('hal', tokenOf('hal', 50), 20)
  expect(before.errors?.[0]?.extensions.code).toBe('PICKS_NOT_FRESH')
  await harness.store.put(tables.erasures, [{ partition, value: Buffer.from('50'), writeTimestamp: 1n }])
  expect((await read('hal', tokenOf('hal', 50))).data.recommendations.personalized).toBe(false)
})

test('a token of putItems waits until the catalog has the items', async () => {
  const end = (await harness.log.endOffsets(topics.items))[0]!
  const answer = read('ida', encodeToken({ ...emptyToken, items: end + 1 }))
  await aMoment()
  await harness.log.append(topics.items, [{ key: 'late', value: encodeItem({ v: 1, id: 'late', title: 'Late' }) }])
  const ids = (await answer).data.recommendations.picks.map((pick: { item: { id: string } }) => pick.item.id)
  expect(ids).toContain('late')
})
