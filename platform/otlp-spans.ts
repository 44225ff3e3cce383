import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import type { SpanRecord } from '../schema/records/span.ts'
import type { SpanSink } from './span-sink.ts'

/**
 * Sends spans to a collector by OTLP/HTTP. The exporter also reads the environment variables of OpenTelemetry, for
 * example for headers.
 */
export function openOtlpSpans(url: string, service: string): SpanSink {
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url }))
  const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: service })
  return {
    add: (span) => processor.onEnd(toReadableSpan(span, resource)),
    close: () => processor.shutdown(),
  }
}

function toReadableSpan(span: SpanRecord, resource: ReadableSpan['resource']): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, startMs, endMs, attributes } = span
  const contextOf = (id: string) => ({ traceId, spanId: id, traceFlags: TraceFlags.SAMPLED })
  return {
    name,
    kind: parentSpanId === null ? SpanKind.PRODUCER : SpanKind.CONSUMER,
    spanContext: () => contextOf(spanId),
    ...(parentSpanId !== null && { parentSpanContext: { ...contextOf(parentSpanId), isRemote: true } }),
    startTime: toHrTime(startMs),
    endTime: toHrTime(endMs),
    duration: toHrTime(endMs - startMs),
    ended: true,
    status: { code: SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    resource,
    instrumentationScope: { name: 'pickstream' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Returns whole seconds and the remaining nanoseconds. */
function toHrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
