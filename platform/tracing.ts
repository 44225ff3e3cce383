import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import { encodeSpan, type SpanRecord } from '../schema/records/span.ts'
import { topics } from '../schema/topics.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'

/**
 * Follows some events through all stages. The context travels in the record header `traceparent` (W3C Trace Context);
 * finished spans go to topic `spans`, which the console shows, and by OTLP to a collector where one is configured.
 * No attribute names a user.
 */
export interface Tracing {
  /** Starts a trace at the way in; undefined where this one is not sampled. */
  begin(name: string, attributes?: Attributes): TraceSpan | undefined
  /** Goes on with a record's trace; undefined where it has none. */
  follow(name: string, traceparent: string | undefined, attributes?: Attributes): TraceSpan | undefined
  stop(): Promise<void>
}

export interface TraceSpan {
  /** For the headers of what follows from it. */
  readonly traceparent: string
  end(): void
}

export const noTracing: Tracing = { begin: () => undefined, follow: () => undefined, stop: async () => {} }

interface Options {
  readonly service: string
  readonly log: EventLog
  readonly clock: Clock
  /** New traces a second at most. 0: none. */
  readonly perSecondMax: number
  /** An OTLP/HTTP endpoint for traces. */
  readonly otlpUrl?: string
}

export function createTracing({ service, log, clock, perSecondMax, otlpUrl }: Options): Tracing {
  if (perSecondMax === 0) return noTracing
  const delay = { scheduledDelayMillis: 200, maxExportBatchSize: 256, maxQueueSize: 2048 }
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
    spanProcessors: [
      new BatchSpanProcessor(new LogSpanExporter(log, service), delay),
      ...(otlpUrl ? [new BatchSpanProcessor(new OTLPTraceExporter({ url: otlpUrl }))] : []),
    ],
  })
  const tracer = provider.getTracer('pickstream')
  let second = 0
  let begun = 0

  return {
    begin(name, attributes) {
      const now = Math.floor(clock.now() / 1000)
      if (now !== second) {
        second = now
        begun = 0
      }
      if (++begun > perSecondMax) return undefined
      return traceSpanOf(tracer.startSpan(name, { kind: SpanKind.PRODUCER, attributes }, ROOT_CONTEXT))
    },
    follow: (name, traceparent, attributes) => followWith(tracer, name, traceparent, attributes),
    async stop() {
      await provider.shutdown()
    },
  }
}

function followWith(
  tracer: Tracer,
  name: string,
  traceparent: string | undefined,
  attributes?: Attributes,
): TraceSpan | undefined {
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
  if (parent === undefined) return undefined
  const context = trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: 1, isRemote: true })
  return traceSpanOf(tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes }, context))
}

function traceSpanOf(span: Span): TraceSpan {
  const { traceId, spanId } = span.spanContext()
  return { traceparent: `00-${traceId}-${spanId}-01`, end: () => span.end() }
}

/** Only what is sampled counts: flag 01. */
export function parseTraceparent(header: string): { traceId: string; spanId: string } | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]([13579bdf])$/.exec(header)
  return match ? { traceId: match[1], spanId: match[2] } : undefined
}

class LogSpanExporter implements SpanExporter {
  constructor(
    private readonly log: EventLog,
    private readonly service: string,
  ) {}

  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
    const records = spans.map((span) => {
      const record = toSpanRecord(span, this.service)
      return { key: record.traceId, value: encodeSpan(record) }
    })
    this.log.append(topics.spans, records).then(
      () => done({ code: 0 }),
      (error: Error) => done({ code: 1, error }), // following an event must never disturb it
    )
  }

  async shutdown(): Promise<void> {}
}

function toSpanRecord(span: ReadableSpan, service: string): SpanRecord {
  const { traceId, spanId } = span.spanContext()
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    service,
    startMs: toMs(span.startTime),
    endMs: toMs(span.endTime),
    attributes: Object.fromEntries(Object.entries(span.attributes).map(([name, value]) => [name, String(value)])),
  }
}

const toMs = ([seconds, nanos]: [number, number]): number => seconds * 1000 + nanos / 1e6
