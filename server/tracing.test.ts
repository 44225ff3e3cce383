import { afterAll, beforeAll, expect, test } from 'vitest'
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
  const [{ headers }] = await harness.log.read(topics.interactions, 0, 0, 1)
  expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  await harness.publishList('zoe', aList({ offset: 0, unseen: ranked('a') }), headers)
  await watcher.message(1)

  const [, traceId, spanId] = headers.traceparent.split('-')
  const spans = await spansOf(traceId, 2)
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
  const [{ headers }] = await harness.log.read(topics.interactions, 0, 1, 1)
  expect(headers.traceparent).toContain(traceId)
  expect((await spansOf(traceId, 1))[0]).toMatchObject({ name: 'record', parentSpanId: 'cd'.repeat(8) })
})
