import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTracing } from '../platform/tracing.ts'
import { decodeSpan, type SpanRecord } from '../schema/records/span.ts'
import { topics } from '../schema/topics.ts'
import { aList, ranked } from '../test/support/builders.ts'
import { type Harness, startHarness } from '../test/support/server-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  await harness.putItems({ id: 'a' })
})
afterAll(() => harness.close())

async function spansOf(traceId: string, count: number): Promise<SpanRecord[]> {
  for (;;) {
    const records = await harness.log.read(topics.spans, 0, 0, 100)
    const spans = records.flatMap(({ key, value }) => (key === traceId && value ? [decodeSpan(value)] : []))
    if (spans.length >= count) return spans
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('an event is followed from the mutation, in the header of its record, to the push', async () => {
  const watcher = harness.watch('subscription { recommendationsUpdated(userId: "zoe") { id } }')
  await watcher.message(0)
  await harness.ask(
    'mutation { recordEvents(events: [{ eventId: "e1", userId: "zoe", itemId: "a", type: VIEW }]) { token } }',
  )
  const { headers } = (await harness.log.read(topics.interactions, 0, 0, 1))[0]!
  expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  await harness.publishList('zoe', aList({ offset: 0, unseen: ranked('a') }), headers)
  await watcher.message(1)

  const [, traceId, spanId] = headers.traceparent!.split('-')
  const spans = await spansOf(traceId!, 2)
  const record = spans.find(({ name }) => name === 'record')
  const push = spans.find(({ name }) => name === 'push')
  expect(record).toMatchObject({ spanId, parentSpanId: null, attributes: { eventId: 'e1' } })
  expect(push).toMatchObject({ parentSpanId: spanId })
  expect(JSON.stringify(spans)).not.toContain('zoe')
})

test("a client's own trace is gone on with", async () => {
  const traceId = 'ab'.repeat(16)
  await harness.ask(
    'mutation { recordEvents(events: [{ userId: "bob", itemId: "a", type: VIEW }]) { token } }',
    {},
    { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01` },
  )
  const { headers } = (await harness.log.read(topics.interactions, 0, 1, 1))[0]!
  expect(headers.traceparent).toContain(traceId)
  expect((await spansOf(traceId, 1))[0]).toMatchObject({ name: 'record', parentSpanId: 'cd'.repeat(8) })
})

test('the sampled flag of a client is bounded by the traces of a second, as are records of other writers', async () => {
  let now = 5_000
  const limited = await startHarness({
    clock: { now: () => now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    env: { PICKSTREAM_TRACES_PER_SECOND: '2' },
  })
  const record = (n: number, flag: string) =>
    limited.ask(
      `mutation { recordEvents(events: [{ eventId: "e${n}", userId: "bob", itemId: "a", type: VIEW }]) { token } }`,
      {},
      { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-${flag}` },
    )
  const traced = async () =>
    (await limited.log.read(topics.interactions, 0, 0, 100)).filter(({ headers }) => headers.traceparent).length
  for (let n = 0; n < 10; n++) await record(n, '01')
  expect(await traced()).toBe(2)
  now += 1_000
  await record(10, '00')
  expect(await traced()).toBe(2)
  for (let n = 11; n < 20; n++) await record(n, '01')
  expect(await traced()).toBe(4)
  await limited.close()
})

test('of a small call every record is traced, of a large one the first', async () => {
  const calls = await startHarness()
  const tracedOf = async (count: number) => {
    const before = (await calls.log.read(topics.interactions, 0, 0, 1000)).length
    const events = Array.from({ length: count }, () => '{ userId: "bob", itemId: "a", type: VIEW }')
    await calls.ask(`mutation { recordEvents(events: [${events.join()}]) { token } }`)
    const records = (await calls.log.read(topics.interactions, 0, 0, 1000)).slice(before)
    return records.map(({ headers }) => headers.traceparent !== undefined)
  }
  expect(await tracedOf(3)).toEqual([true, true, true])
  const large = await tracedOf(25)
  expect([large.indexOf(true), large.filter((traced) => traced).length, large.length]).toEqual([0, 1, 25])
  await calls.close()
})

test('following is bounded too', async () => {
  const tracing = await createTracing({
    service: 'worker',
    log: harness.log,
    clock: { now: () => 0, sleep: async () => {} },
    perSecondMax: 1,
  })
  const foreign = `00-${'ef'.repeat(16)}-${'cd'.repeat(8)}-01`
  const followed = Array.from({ length: 100 }, () => tracing.follow('embed', foreign)).filter((span) => span)
  expect(followed).toHaveLength(20)
  await tracing.stop()
})
