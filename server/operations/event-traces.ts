import { LRUCache } from 'lru-cache'
import type { EventLog, Following } from '../../platform/ports/event-log.ts'
import type { EventTrace } from '../../schema/graphql/operations.ts'
import { decodeSpan, type SpanRecord } from '../../schema/records/span.ts'
import { topics } from '../../schema/topics.ts'

const tracesMax = 500
/** Maximum spans kept of one trace, the newest: a client may send the same traceparent with all its calls. */
export const spansPerTraceMax = 1_000

/** The newest traces of events, read from topic spans. */
export class EventTraces {
  private readonly spansByTrace = new LRUCache<string, Map<string, SpanRecord>>({ max: tracesMax })

  follow(log: EventLog): Promise<Following> {
    return log.follow({ topic: topics.spans, from: 'end' }, (records) => {
      for (const { value } of records) {
        const span = value === null ? undefined : readSpan(value)
        if (span) this.add(span)
      }
    })
  }

  /** @returns at most `first` traces, newest first; with `eventId` only traces of this event */
  newest(first: number, eventId?: string): EventTrace[] {
    const traces = [...this.spansByTrace].map(([id, spans]) => toTrace(id, [...spans.values()]))
    return traces
      .filter((trace) => eventId === undefined || trace.eventId === eventId)
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, first)
  }

  add(span: SpanRecord): void {
    const known = this.spansByTrace.get(span.traceId) ?? new Map<string, SpanRecord>()
    known.set(span.spanId, span)
    if (known.size > spansPerTraceMax) known.delete(known.keys().next().value!)
    this.spansByTrace.set(span.traceId, known)
  }
}

/** Returns undefined for a record that is not a span: one such record must not stop the spans after it. */
function readSpan(value: Uint8Array): SpanRecord | undefined {
  try {
    return decodeSpan(value)
  } catch {
    return undefined
  }
}

function toTrace(id: string, spans: readonly SpanRecord[]): EventTrace {
  const startedAt = Math.min(...spans.map(({ startMs }) => startMs))
  return {
    id,
    eventId: spans.find(({ attributes }) => attributes.eventId !== undefined)?.attributes.eventId ?? null,
    startedAt: Math.round(startedAt),
    spans: [...spans]
      .sort((a, b) => a.startMs - b.startMs)
      .map(({ name, startMs, endMs }) => ({ name, startMs: startMs - startedAt, endMs: endMs - startedAt })),
  }
}
