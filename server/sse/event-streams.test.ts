import { createClient } from 'graphql-sse'
import { createClient as createSocketClient } from 'graphql-ws'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../platform/ports/clock.ts'
import { formatRevision, revisionOf } from '../../schema/revision.ts'
import { aList, ranked } from '../../test/support/builders.ts'
import { openStream, postStream } from '../../test/support/event-stream.ts'
import { startIdleCuttingProxy, startUpgradeRefusingProxy } from '../../test/support/proxies.ts'
import { type Answer, type Harness, startHarness, watchWith } from '../../test/support/server-harness.ts'

const secret = 'a secret of at least 32 characters'
const beatMs = 100

let harness: Harness
let guarded: Harness
/** Where the clock of `guarded` stands; undefined: it goes. */
let clockHeldAt: number | undefined
beforeAll(async () => {
  harness = await startHarness({ env: { PICKSTREAM_KEEP_ALIVE_MS: String(beatMs) } })
  guarded = await startHarness({
    clock: { ...systemClock, now: () => clockHeldAt ?? Date.now() },
    env: { PICKSTREAM_ACCESS_JWT_SECRET: secret, PICKSTREAM_LIMIT_SOCKETS_PER_CLIENT: '2' },
  })
  for (const one of [harness, guarded]) await one.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
})
afterAll(() => Promise.all([harness?.close(), guarded?.close()]))

const streamUrl = ({ url }: Harness) => `${url}/stream`
const watchText = `subscription ($u: ID!, $since: String) {
  recommendationsUpdated(userId: $u, first: 2, sinceRevision: $since) { revision picks { item { id } } } }`
const watch = (of: Harness, u: string, headers?: Record<string, string>) =>
  postStream(streamUrl(of), { query: watchText, variables: { u } }, headers)
const byGet = (of: Harness, params: Record<string, string>, headers?: Record<string, string>) =>
  openStream(`${streamUrl(of)}?${new URLSearchParams(params)}`, { headers })
const revisionAt = (offset: number) => formatRevision(revisionOf(offset))
const idsOf = (answer: Answer): string[] =>
  answer.data.recommendationsUpdated.picks.map((pick: { item: { id: string } }) => pick.item.id)
const publish = (of: Harness, user: string, offset: number, ...items: string[]) =>
  of.publishList(user, aList({ offset, unseen: ranked(...items) }))
const metric = async (of: Harness, name: string): Promise<number> => {
  const page = await (await fetch(new URL('/metrics', of.url))).text()
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1])
}
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}
const tokenOf = (userId: string, seconds = 600) =>
  new SignJWT({ sub: userId, role: 'shopper' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(secret))
const asShopper = async (userId: string, seconds?: number) => ({
  authorization: `Bearer ${await tokenOf(userId, seconds)}`,
})

describe('a query or mutation', () => {
  test('is answered by next and complete', async () => {
    const stream = await postStream(streamUrl(harness), { query: '{ item(id: "a") { id } }' })
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(await stream.rest()).toEqual([
      { event: 'next', id: undefined, data: { data: { item: { id: 'a' } } } },
      { event: 'complete', id: undefined, data: undefined },
    ])
  })

  test('by GET: a query is answered, a mutation is 405', async () => {
    const query = 'query ($id: ID!) { item(id: $id) { id } }'
    const stream = await byGet(harness, { query, variables: '{"id":"b"}' })
    expect((await stream.next())?.data).toEqual({ data: { item: { id: 'b' } } })
    const { response } = await byGet(harness, { query: 'mutation { removeItems(ids: ["a"]) { accepted } }' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('a mutation by POST is done', async () => {
    const query = 'mutation { recordEvents(events: [{ userId: "ann", itemId: "a", type: VIEW }]) { accepted } }'
    const [next] = await (await postStream(streamUrl(harness), { query })).rest()
    expect(next!.data).toEqual({ data: { recordEvents: { accepted: 1 } } })
  })

  test('a document that is not valid is told by an event, as graphql-sse clients expect it', async () => {
    const [next, complete] = await (await postStream(streamUrl(harness), { query: '{ nothing }' })).rest()
    expect(next!.data.errors[0].extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED', retriable: false })
    expect(complete!.event).toBe('complete')
  })

  test.each([
    ['a body without query', { variables: {} }, 'query'],
    ['variables that are no object', { query: '{ __typename }', variables: [] }, 'variables'],
    ['an operation name that is no string', { query: '{ __typename }', operationName: 7 }, 'operationName'],
  ])('%s is 400 with its name', async (_, body, path) => {
    const { response } = await postStream(streamUrl(harness), body)
    expect(response.status).toBe(400)
    const { errors } = (await response.json()) as { errors: { extensions: object }[] }
    expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
  })

  test('other methods, types and origins are refused', async () => {
    const put = await fetch(streamUrl(harness), { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST'])
    const asJson = await postStream(streamUrl(harness), { query: '{ __typename }' }, { accept: 'application/json' })
    expect(asJson.response.status).toBe(400)
    const foreign = await postStream(streamUrl(harness), { query: '{ __typename }' }, { origin: 'https://evil.test' })
    expect(foreign.response.status).toBe(403)
  })
})

describe('a subscription', () => {
  test('has the revision as the id of each event', async () => {
    const before = await publish(harness, 'ada', 1, 'a', 'b')
    const stream = await watch(harness, 'ada')
    const first = await stream.next()
    expect([first?.id, idsOf(first?.data)]).toEqual([before, ['a', 'b']])
    const after = await publish(harness, 'ada', 2, 'b', 'c')
    const second = await stream.next()
    expect([second?.id, second?.data.data.recommendationsUpdated.revision]).toEqual([after, after])
    stream.close()
  })

  test('goes on after Last-Event-ID: what the client has is not sent again, also where the document names an older one', async () => {
    const known = await publish(harness, 'bob', 1, 'a', 'b')
    const params = { query: watchText, variables: JSON.stringify({ u: 'bob', since: revisionAt(0) }) }
    const stream = await byGet(harness, params, { 'last-event-id': known })
    const newer = await publish(harness, 'bob', 2, 'b', 'c')
    expect((await stream.next())?.id).toBe(newer)
    stream.close()
  })

  test('of a start page has no ids, since its revisions mean nothing to a later stream', async () => {
    const query = 'subscription { homeUpdated(userId: "jon", rows: 1) { id } }'
    const stream = await postStream(streamUrl(harness), { query }, { 'last-event-id': revisionAt(9) })
    expect(await stream.next()).toEqual({
      event: 'next',
      id: undefined,
      data: { data: { homeUpdated: { id: expect.any(String) } } },
    })
    stream.close()
  })

  test('a Last-Event-ID that is no revision is refused with its name', async () => {
    const { response } = await byGet(
      harness,
      { query: watchText, variables: '{"u":"bob"}' },
      { 'last-event-id': 'yesterday' },
    )
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('expected a revision as lists carry it, got \\"yesterday\\"')
  })

  test('shares the execution with sockets, and leaves nothing behind', async () => {
    await publish(harness, 'eve', 1, 'a', 'b')
    const socket = harness.watch(watchText, { u: 'eve' })
    const stream = await watch(harness, 'eve')
    expect((await stream.next())?.data).toEqual(await socket.message(0))
    expect(await metric(harness, 'pickstream_event_streams')).toBeGreaterThan(0)
    socket.stop()
    stream.close()
    await until(async () => (await metric(harness, 'pickstream_subscribers')) === 0)
    await until(async () => (await metric(harness, 'pickstream_event_streams')) === 0)
  })

  test('a client that does not read gets the newest list, not a backlog', async () => {
    const large = await startHarness()
    const description = 'x'.repeat(20_000)
    const ids = Array.from({ length: 20 }, (_, n) => `item-${n}`)
    await large.putItems(...ids.map((id) => ({ id, description })))
    const query = `subscription { recommendationsUpdated(userId: "sue", first: 20) { revision picks { item { description } } } }`
    await publish(large, 'sue', 1, ...ids)
    const stream = await postStream(streamUrl(large), { query })
    const last = 60
    const fast = large.watch(`subscription { recommendationsUpdated(userId: "sue", first: 1) { revision } }`)
    let newest = ''
    for (let offset = 2; offset <= last; offset++) newest = await publish(large, 'sue', offset, ...ids)
    await until(() => fast.received.at(-1)?.data.recommendationsUpdated.revision === newest)
    let received = 0
    for (let event = await stream.next(); event?.id !== newest; event = await stream.next()) received++
    expect(received).toBeLessThan(last - 1)
    stream.close()
    await large.close()
  })
})

describe('access and limits', () => {
  test('without credentials it is 401, for the list of another an event with FORBIDDEN', async () => {
    expect((await watch(guarded, 'ann')).response.status).toBe(401)
    const [next, complete] = await (await watch(guarded, 'ann', await asShopper('ben'))).rest()
    expect(next!.data.errors[0].extensions.code).toBe('FORBIDDEN')
    expect(complete!.event).toBe('complete')
  })

  test('streams and sockets of one shopper count together', async () => {
    const headers = await asShopper('cat')
    const socket = guarded.watch(watchText, { u: 'cat' }, headers)
    await socket.message(0)
    const stream = await watch(guarded, 'cat', headers)
    await stream.next()
    const beyond = await watch(guarded, 'cat', headers)
    expect(beyond.response.status).toBe(429)
    stream.close()
    await until(async () => {
      const again = await watch(guarded, 'cat', headers)
      again.close()
      return again.response.status === 200
    })
    socket.stop()
  })

  test('a stream ends with its token, without complete', async () => {
    // However long it takes to connect, the token has this time left then.
    clockHeldAt = Date.now()
    onTestFinished(() => {
      clockHeldAt = undefined
    })
    const stream = await watch(guarded, 'dan', await asShopper('dan', 3))
    expect((await stream.rest()).map(({ event }) => event)).toEqual(['next'])
  })

  test('a stream ends with the server, without complete', async () => {
    const stopping = await startHarness()
    const stream = await watch(stopping, 'fay')
    await stream.next()
    await stopping.close()
    expect(await stream.rest()).toEqual([])
  })
})

test('a stream that joins two sockets on the same list begins like any other, and ends with its client', async () => {
  const sockets = [harness.watch(watchText, { u: 'joined' }), harness.watch(watchText, { u: 'joined' })]
  for (const socket of sockets) await socket.message(0)
  await harness.publishList('joined', aList({ offset: 900, unseen: ranked('a') }))
  for (const socket of sockets) await socket.message(1)
  const stream = await watch(harness, 'joined')
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
  expect((await stream.next())?.data).toEqual(await sockets[0]!.message(1))
  stream.close()
  for (const socket of sockets) socket.stop()
  await until(async () => (await metric(harness, 'pickstream_subscribers')) === 0)
})

describe('behind a proxy', () => {
  test('that cuts idle connections, streams and sockets stay open: heartbeats come before', async () => {
    const proxy = await startIdleCuttingProxy(harness.url, beatMs * 8)
    await publish(harness, 'gus', 1, 'a', 'b')
    const stream = await postStream(`${proxy.url}/stream`, { query: watchText, variables: { u: 'gus' } })
    const client = createSocketClient({
      url: proxy.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const socket = watchWith(client, watchText, { u: 'gus' })
    await stream.next()
    await socket.message(0)
    const later = stream.next()
    await until(() => stream.heartbeats() > 20) // more than two idle periods
    const newer = await publish(harness, 'gus', 2, 'b', 'c')
    expect((await later)?.id).toBe(newer)
    expect(idsOf(await socket.message(1))).toEqual(['b', 'c'])
    expect(proxy.cuts()).toBe(0)
    stream.close()
    await client.dispose()
    await proxy.close()
  })

  test('that cuts it all the same, the next stream goes on from Last-Event-ID', async () => {
    const quiet = await startHarness({ env: { PICKSTREAM_KEEP_ALIVE_MS: '600000' } })
    await quiet.putItems({ id: 'a' }, { id: 'b' })
    const proxy = await startIdleCuttingProxy(quiet.url, 2_000)
    await publish(quiet, 'hal', 1, 'a', 'b')
    const body = { query: watchText, variables: { u: 'hal' } }
    const stream = await postStream(`${proxy.url}/stream`, body)
    const first = await stream.next()
    await expect(stream.next()).rejects.toThrow()
    expect(proxy.cuts()).toBe(1)
    const newer = await publish(quiet, 'hal', 2, 'b', 'a')
    const resumed = await postStream(`${proxy.url}/stream`, body, { 'last-event-id': first!.id! })
    expect((await resumed.next())?.id).toBe(newer)
    resumed.close()
    await proxy.close()
    await quiet.close()
  })

  test('that refuses upgrades, a socket fails and the client of graphql-sse gets every list', async () => {
    const proxy = await startUpgradeRefusingProxy(harness.url)
    await publish(harness, 'ida', 1, 'a', 'b')
    const sockets = createSocketClient({
      url: proxy.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const socket = watchWith(sockets, watchText, { u: 'ida' })
    expect((await socket.message(0)).errors).toHaveLength(1)
    expect(proxy.cuts()).toBe(1)
    const client = createClient({ url: `${proxy.url}/stream`, retryAttempts: 0 })
    const lists = client.iterate<{ recommendationsUpdated: unknown }>({ query: watchText, variables: { u: 'ida' } })
    expect(idsOf((await lists.next()).value)).toEqual(['a', 'b'])
    await publish(harness, 'ida', 2, 'b', 'c')
    expect(idsOf((await lists.next()).value)).toEqual(['b', 'c'])
    client.dispose()
    await sockets.dispose()
    await proxy.close()
  })
})
