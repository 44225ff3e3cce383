import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CausalToken, decodeToken, emptyToken, encodeToken, userHash } from '../schema/causal-token.ts'
import { encodeDoneErasure, erasureKey } from '../schema/records/erasure.ts'
import { encodeUserState } from '../schema/records/user-state.ts'
import { formatRevision, revisionOf, writeTimestampOf } from '../schema/revision.ts'
import { tables } from '../schema/tables.ts'
import { aList, ranked } from '../test/support/builders.ts'
import { openStream } from '../test/support/event-stream.ts'
import { anInteraction, EmbedHarness } from '../test/support/interactions.ts'
import { type Harness, startHarness } from '../test/support/server-harness.ts'

/** After a restore, or with a raised epoch: what clients hold names positions that other records may have now. */

const timeline = 1_760_000_000_000
const earlier = timeline - 1
const epoch = 2

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ timeline, env: { PICKSTREAM_EPOCH: String(epoch) } })
  await harness.putItems({ id: 'a' }, { id: 'b' })
})
afterAll(() => harness.close())

const watchText = `subscription ($u: ID!, $since: String) {
  recommendationsUpdated(userId: $u, sinceRevision: $since) { revision picks { item { id } } } }`
const listAt = (offset: number, items = ranked('a'), of = epoch) => aList({ offset, epoch: of, unseen: items })
const revisionAt = (offset: number, of: number) => formatRevision(revisionOf(offset, epoch), of)

describe('a subscription', () => {
  test.each([
    ['of an earlier timeline', revisionAt(900, earlier)],
    ['of a later timeline', revisionAt(900, timeline + 1)],
    ['of an earlier release', formatRevision(revisionOf(900, epoch, 7))],
  ])('after a revision %s gets the current list at once, and then newer ones', async (_, since) => {
    const user = `after ${since}`
    const current = await harness.publishList(user, listAt(5))
    const watcher = harness.watch(watchText, { u: user, since })
    expect((await watcher.message(0)).data.recommendationsUpdated.revision).toBe(current)
    const next = await harness.publishList(user, listAt(6))
    expect((await watcher.message(1)).data.recommendationsUpdated.revision).toBe(next)
  })

  test('after a revision of the present timeline gets newer lists only', async () => {
    const current = await harness.publishList('ben', listAt(5))
    const watcher = harness.watch(watchText, { u: 'ben', since: current })
    const next = await harness.publishList('ben', listAt(6))
    expect((await watcher.message(0)).data.recommendationsUpdated.revision).toBe(next)
  })

  test('over server-sent events gets the current list where Last-Event-ID is of an earlier timeline', async () => {
    const current = await harness.publishList('cyd', listAt(5))
    const params = new URLSearchParams({ query: watchText, variables: JSON.stringify({ u: 'cyd', since: current }) })
    const newest = { 'last-event-id': revisionAt(900, earlier) }
    const behind = await openStream(`${harness.url}/stream?${params}`, { headers: newest })
    const next = await harness.publishList('cyd', listAt(6))
    expect((await behind.next())?.id).toBe(next) // after the argument, which is of the present timeline
    behind.close()
    const onlyUser = new URLSearchParams({ query: watchText, variables: JSON.stringify({ u: 'cyd' }) })
    const stream = await openStream(`${harness.url}/stream?${onlyUser}`, { headers: newest })
    expect((await stream.next())?.id).toBe(next)
    stream.close()
  })
})

const read = (userId: string, after: string, timeoutMs = 10_000) =>
  harness.ask(
    'query ($u: ID!, $after: String, $t: Int) { recommendations(userId: $u, after: $after, timeoutMs: $t) { revision } }',
    { u: userId, after, t: timeoutMs },
  )
const at = (userId: string, offset: number) => new Map([[userHash(userId), { partition: 0, offset }]])
const tokenOf = (parts: Partial<CausalToken>) => encodeToken({ ...emptyToken, timeline, ...parts })

describe('a token', () => {
  test('names the timeline in which it was issued', async () => {
    const { data } = await harness.ask(
      'mutation { recordEvents(events: [{ userId: "u", itemId: "a", type: VIEW }]) { token } putItems(items: [{ id: "a", title: "a" }]) { token } }',
    )
    for (const { token } of [data.recordEvents, data.putItems]) expect(decodeToken(token).timeline).toBe(timeline)
  })

  test.each([
    ['positions', (user: string) => ({ positions: at(user, 1) })],
    ['adopted', (user: string) => ({ adopted: at(user, 1) })],
    ['backfilled', (user: string) => ({ backfilled: at(user, 1) })],
    ['items', () => ({ items: 1 })],
  ])('of an earlier timeline is not satisfied by %s, and is not waited for', async (name, parts) => {
    const user = `dan ${name}`
    const list = { ...listAt(5), backfilled: 9, adopted: [{ partition: 0, offset: 1 }] }
    const revision = await harness.publishList(user, list)
    const { errors } = await read(user, tokenOf({ ...parts(user), timeline: earlier }), 30_000)
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'PICKS_NOT_FRESH',
      retriable: false,
      recommendations: { revision },
    })
    expect((await read(user, tokenOf(parts(user)))).errors).toBeUndefined()
  })

  test('of an earlier timeline that does not name the user requires nothing', async () => {
    expect(
      (await read('eve', tokenOf({ positions: at('somebody else', 1), timeline: earlier }))).errors,
    ).toBeUndefined()
  })

  test('of an earlier release, without a timeline, is taken for one of the present timeline', async () => {
    await harness.publishList('fay', listAt(5))
    const token = { positions: at('fay', 5), timeline: undefined }
    expect((await read('fay', tokenOf(token))).errors).toBeUndefined()
    expect((await read('fay', tokenOf({ ...token, positions: at('fay', 6) }), 0)).errors).toHaveLength(1)
  })
})

describe('a token of the present epoch', () => {
  const tokens = (user: string) => [
    tokenOf({ positions: at(user, 3) }),
    tokenOf({ adopted: at(user, 3) }),
    tokenOf({ backfilled: at(user, 3) }),
  ]

  test('is not satisfied by a list of an earlier epoch, whatever its offsets', async () => {
    const included = { backfilled: 900, adopted: [{ partition: 0, offset: 3 }] }
    await harness.publishList('gus', { ...listAt(900, ranked('a'), 1), ...included })
    for (const token of tokens('gus')) expect((await read('gus', token, 0)).errors).toHaveLength(1)
    await harness.publishList('gus', { ...listAt(3), ...included })
    for (const token of tokens('gus')) expect((await read('gus', token, 0)).errors).toBeUndefined()
  })

  test('is not satisfied by an erasure of an earlier epoch', async () => {
    const eraseAt = async (offset: number, of: number) => {
      const value = encodeDoneErasure({ offset, backfilled: 900, epoch: of })
      const writeTimestamp = writeTimestampOf(offset, of)
      await harness.store.put(tables.erasures, [{ partition: erasureKey('hal'), value, writeTimestamp }])
    }
    const [token, , bulk] = tokens('hal')
    await eraseAt(900, 1)
    for (const each of [token!, bulk!]) expect((await read('hal', each, 0)).errors).toHaveLength(1)
    await eraseAt(3, epoch)
    for (const each of [token!, bulk!]) expect((await read('hal', each)).errors).toBeUndefined()
  })

  test.each([
    ['an event that had counted in an earlier epoch', 'ida', 'e1', true],
    ['a new event', 'jon', 'e2', false],
  ])('with a list of an earlier epoch and %s as the newest record', async (_, user, eventId, isEnough) => {
    const before = new EmbedHarness(undefined, { epoch: 1 })
    before.at(900, anInteraction({ userId: user, eventId: 'e1' }))
    await harness.publishList(user, listAt(900, ranked('a'), 1))
    const embed = new EmbedHarness(undefined, { epoch, states: before.states })
    embed.at(3, anInteraction({ userId: user, eventId }))
    const value = encodeUserState(embed.state(user))
    await harness.store.put(tables.userStates, [{ partition: user, value, writeTimestamp: writeTimestampOf(3, epoch) }])
    const { errors } = await read(user, tokenOf({ positions: at(user, 3) }), isEnough ? 10_000 : 300)
    expect(errors === undefined).toBe(isEnough)
  })
})
