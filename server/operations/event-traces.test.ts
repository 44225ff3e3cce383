import { expect, test } from 'vitest'
import type { SpanRecord } from '../../schema/records/span.ts'
import { EventTraces, spansPerTraceMax } from './event-traces.ts'

const aSpan = (n: number): SpanRecord => ({
  traceId: 'a'.repeat(32),
  spanId: n.toString(16).padStart(16, '0'),
  parentSpanId: null,
  name: 'record',
  service: 'server',
  startMs: n,
  endMs: n + 1,
  attributes: {},
})

test('of a trace that a client never ends, the newest spans are kept', () => {
  const traces = new EventTraces()
  const all = spansPerTraceMax + 10
  for (let n = 0; n < all; n++) traces.add(aSpan(n))
  const [trace] = traces.newest(1)
  expect(trace!.spans).toHaveLength(spansPerTraceMax)
  expect(trace!.startedAt).toBe(10)
})
