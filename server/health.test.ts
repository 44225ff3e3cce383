import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbedded } from '../platform/embedded/open-embedded.ts'
import type { EventLog } from '../platform/ports/event-log.ts'
import { encodeServing, servingKey } from '../schema/records/model.ts'
import { encodeStageReport } from '../schema/records/stage-status.ts'
import { topics } from '../schema/topics.ts'
import { aList, ranked } from '../test/support/builders.ts'
import { type Harness, startHarness } from '../test/support/server-harness.ts'
import { type Health, Readiness } from './health.ts'

let harness: Harness
let release = () => {}
let broken = false
let isRankingReady = true
beforeAll(async () => {
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  harness = await startHarness({
    wrapRanking: (ranking) =>
      new Proxy(ranking, {
        get: (target, name) => (name === 'isReady' && !isRankingReady ? false : Reflect.get(target, name)),
      }),
    wrap: ({ log, store }) => ({
      log: slowToCatchUp(log, held),
      store: new Proxy(store, {
        get: (target, name) =>
          name === 'get' && broken
            ? () => Promise.reject(new Error('no host available'))
            : Reflect.get(target, name).bind(target),
      }),
    }),
  })
})
afterAll(() => harness.close())

/** Its followers have caught up when the test says so. */
const slowToCatchUp = (log: EventLog, held: Promise<void>): EventLog =>
  new Proxy(log, {
    get(target, name) {
      if (name !== 'follow') return Reflect.get(target, name).bind(target)
      return async (...args: Parameters<EventLog['follow']>) => {
        const following = await target.follow(...args)
        if (args[0].topic !== topics.items) return following
        return { caughtUp: held.then(() => following.caughtUp), stop: () => following.stop() }
      }
    },
  })

const get = (path: string) => fetch(new URL(path, harness.url))
async function readyWhen(holds: (answer: Health) => boolean) {
  for (;;) {
    const response = await get('/health/ready')
    const answer = (await response.json()) as Health
    if (holds(answer)) return { status: response.status, answer }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function partsUp() {
  const text = await (await get('/metrics')).text()
  return Object.fromEntries(
    [...text.matchAll(/^pickstream_part_up\{part="(\w+)"\} (.+)$/gm)].map(([, ...pair]) => pair),
  )
}

test('ready tells a disk that takes no writes, and that it takes them again', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-full-'))
  let isFull = true
  const full = await openEmbedded({ dir: join(dir, 'full'), freeBytesMin: Number.MAX_SAFE_INTEGER })
  const roomy = await openEmbedded({ dir: join(dir, 'roomy') })
  const checkWritable = () => (isFull ? full : roomy).checkWritable()
  const server = await startHarness({ checkWritable })
  const ready = async () => (await fetch(new URL('/health/ready', server.url))).json()
  await expect.poll(ready).toEqual({ ready: false, notReady: ['disk'], degraded: [] })
  await expect(full.checkWritable()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  isFull = false
  await expect.poll(ready).toEqual({ ready: true, notReady: [], degraded: [] })
  await server.close()
  for (const { log, store } of [full, roomy]) {
    await log.close()
    await store.close()
  }
  await rm(dir, { recursive: true })
})

describe('health', () => {
  test('live as soon as it runs; ready when every part has caught up, and it says which has not', async () => {
    expect((await get('/health/live')).status).toBe(200)
    const before = await readyWhen(({ notReady }) => notReady.length === 1)
    expect(before).toEqual({ status: 503, answer: { ready: false, notReady: ['catalog'], degraded: [] } })
    release()
    const after = await readyWhen(({ ready }) => ready)
    expect(after).toEqual({ status: 200, answer: { ready: true, notReady: [], degraded: [] } })
  })

  test('a part that fails later makes the server degraded, not unready: others would fail with it', async () => {
    await readyWhen(({ ready }) => ready)
    broken = true
    const { status, answer } = await readyWhen(({ degraded }) => degraded.length > 0)
    expect({ status, answer }).toEqual({ status: 200, answer: { ready: true, notReady: [], degraded: ['store'] } })
    expect(await partsUp()).toEqual({ store: '0', log: '1', ranking: '1' })
    broken = false
    isRankingReady = false
    expect((await readyWhen(() => true)).answer).toEqual({ ready: true, notReady: [], degraded: ['ranking'] })
    expect(await partsUp()).toEqual({ store: '1', log: '1', ranking: '0' })
    isRankingReady = true
    expect((await readyWhen(() => true)).answer).toEqual({ ready: true, notReady: [], degraded: [] })
  })
})

test('a server that has never been ready waits for every part', async () => {
  let isUp = false
  const readiness = new Readiness()
  readiness.watch('store', async () => isUp || Promise.reject(new Error('no host available')))
  expect(await readiness.health()).toEqual({ ready: false, notReady: ['store'], degraded: [] })
  isUp = true
  expect(await readiness.health()).toEqual({ ready: true, notReady: [], degraded: [] })
  readiness.stopping = true
  isUp = false
  expect(await readiness.health()).toEqual({ ready: false, notReady: ['stopping'], degraded: ['store'] })
})

test('what nobody foresaw is an internal error without words', async () => {
  broken = true
  const { errors } = await harness.ask('{ recommendations(userId: "not cached") { id } }')
  broken = false
  expect(errors?.[0]).toMatchObject({
    message: 'internal error',
    extensions: { code: 'INTERNAL_SERVER_ERROR', retriable: false },
  })
  expect(JSON.stringify(errors)).not.toContain('host')
})

test('metrics tell operations, sockets, cache, stages, model and the time from event to push', async () => {
  await harness.putItems({ id: 'a' })
  const watcher = harness.watch('subscription { recommendationsUpdated(userId: "ada") { id } }')
  await watcher.message(0)
  await harness.publishList('ada', aList({ offset: 1, unseen: ranked('a') }), { born: String(Date.now() - 50) })
  await watcher.message(1)
  const stage = { stage: 'embed', instance: 'i1', reportedAt: Date.now(), processedPerSecond: 7, p50Ms: 1, p99Ms: 2 }
  const latency = { counts: [0, 5, ...new Array(12).fill(0), 1], sumSeconds: 11.25 }
  await harness.log.append(topics.stageStatus, [
    {
      key: 'embed/i1',
      value: encodeStageReport({ ...stage, processed: 60, deadLetters: 4, users: 2, from: topics.history, latency }),
    },
  ])
  await harness.log.append(topics.history, [{ key: 'ada', value: new Uint8Array(1) }])
  const model = { version: 3, events: 1, users: 1, items: 1, chunks: 0, validation: null, commandId: null }
  await harness.log.append(topics.models, [
    { key: servingKey, value: encodeServing({ ...model, trainedAt: Date.now() - 60_000 }) },
  ])
  // The first read confirms by the store what the tail brought; the second finds it in the cache.
  for (let n = 0; n < 2; n++) await harness.ask('{ recommendations(userId: "ada") { id } }')
  await harness.ask('{ recommendations(userId: "ada", first: 0) { id } }')
  let text = ''
  while (!/stage_lag\{stage="embed"\} 1/.test(text)) text = await (await get('/metrics')).text()
  const value = (name: string) => Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1])
  expect(value('pickstream_graphql_operation_seconds_count{operation="recommendations",outcome="ok"}')).toBe(2)
  expect(
    value('pickstream_graphql_operation_seconds_count{operation="recommendations",outcome="error"}'),
  ).toBeGreaterThan(0)
  expect(value('pickstream_graphql_errors_total{code="BAD_USER_INPUT"}')).toBe(1)
  expect(value('pickstream_event_to_push_seconds_count')).toBe(1)
  expect(value('pickstream_event_to_push_seconds_sum')).toBeGreaterThanOrEqual(0.05)
  expect(value('pickstream_pushes_total')).toBe(2)
  expect(value('pickstream_sockets')).toBe(1)
  expect(value('pickstream_subscribers')).toBe(1)
  expect(value('pickstream_catalog_items')).toBe(1)
  expect(value('pickstream_list_cache_entries')).toBeGreaterThan(0)
  const embed = 'stage="embed",worker="i1"'
  expect(value(`pickstream_stage_rate{${embed}}`)).toBe(7)
  expect(value(`pickstream_stage_records_total{${embed}}`)).toBe(60)
  expect(value(`pickstream_stage_dead_letters_total{${embed}}`)).toBe(4)
  expect(value(`pickstream_stage_seconds_bucket{${embed},le="0.0005"}`)).toBe(0)
  expect(value(`pickstream_stage_seconds_bucket{${embed},le="0.001"}`)).toBe(5)
  expect(value(`pickstream_stage_seconds_bucket{${embed},le="10"}`)).toBe(5)
  expect(text).toContain(`pickstream_stage_seconds_bucket{${embed},le="+Inf"} 6\n`)
  expect(value(`pickstream_stage_seconds_sum{${embed}}`)).toBe(11.25)
  expect(value(`pickstream_stage_seconds_count{${embed}}`)).toBe(6)
  expect(value('pickstream_users')).toBe(2)
  expect(value('pickstream_model_version')).toBe(3)
  expect(value('pickstream_list_cache_hits_total')).toBeGreaterThan(0)
  expect(value('pickstream_model_age_seconds')).toBeGreaterThanOrEqual(60)
  expect(text).not.toContain('ada')
  watcher.stop()
})

test('an answer that is under way is given before the server has stopped, and sockets are told to come again', async () => {
  const other = await startHarness()
  await other.putItems({ id: 'a' })
  const watcher = other.watch('subscription { recommendationsUpdated(userId: "ada") { id } }')
  await watcher.message(0)
  const { encodeToken, emptyToken, userHash } = await import('../schema/causal-token.ts')
  const token = encodeToken({ ...emptyToken, positions: new Map([[userHash('bob'), { partition: 0, offset: 99 }]]) })
  const waiting = other.ask(
    'query ($t: String!) { recommendations(userId: "bob", after: $t, timeoutMs: 2000) { id } }',
    {
      t: token,
    },
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  await Promise.all([
    other.server.close(),
    waiting.then(({ errors }) => expect(errors?.[0]?.extensions.code).toBe('PICKS_NOT_FRESH')),
    watcher.message(1).then(({ errors }) => expect(errors?.[0]?.extensions.cause.code).toBe(1001)),
  ])
  await expect(fetch(other.url)).rejects.toThrow()
  await other.close()
})

test('a request that comes while the server stops is told to try again, in the form of every other refusal', async () => {
  const other = await startHarness()
  await other.putItems({ id: 'a' })
  const { encodeToken, emptyToken, userHash } = await import('../schema/causal-token.ts')
  const token = encodeToken({ ...emptyToken, positions: new Map([[userHash('bob'), { partition: 0, offset: 99 }]]) })
  const { port, host, pathname } = new URL(other.url)
  const request = (query: string) => {
    const body = JSON.stringify({ query })
    const head = [`POST ${pathname} HTTP/1.1`, `host: ${host}`, 'content-type: application/json']
    return [...head, `content-length: ${body.length}`, '', body].join('\r\n')
  }
  const socket = connect(Number(port))
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  socket.write(request(`{ recommendations(userId: "bob", after: "${token}", timeoutMs: 2000) { id } }`))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const closing = other.server.close()
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.write(request('{ items(ids: ["a"]) { id } }'))
  await once(socket, 'close')
  await closing
  const [, , late] = text.split('HTTP/1.1 ')
  expect(late).toMatch(/^503 /)
  expect(JSON.parse(late!.slice(late!.indexOf('{'))).errors).toEqual([
    { message: 'the server is stopping', extensions: { code: 'UNAVAILABLE', retriable: true } },
  ])
  await other.close()
})
