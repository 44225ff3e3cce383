import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import { parseTraceparent } from '../schema/records/headers.ts'
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
  /**
   * Starts a trace where an event comes in, or goes on with the client's own (`traceparent`) where that is sampled. Both
   * count against the traces of a second: a client's flag alone decides nothing.
   * @returns undefined where the event is not followed
   */
  begin(name: string, attributes?: Attributes, traceparent?: string): TraceSpan | undefined
  /** Goes on with a record's trace. @returns undefined where it has none, or too many are followed in this second */
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

/** Spans of one trace: a stage each, for the events of one call. Records of other writers carry flags of their own. */
const spansPerTraceMax = 20

/** The exporter is loaded where an endpoint is configured: it takes several megabytes in each thread. */
export async function createTracing({ service, log, clock, perSecondMax, otlpUrl }: Options): Promise<Tracing> {
  if (perSecondMax === 0) return noTracing
  const delay = { scheduledDelayMillis: 200, maxExportBatchSize: 256, maxQueueSize: 2048 }
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
    spanProcessors: [
      new BatchSpanProcessor(new LogSpanExporter(log, service), delay),
      ...(otlpUrl ? [new BatchSpanProcessor(await openExporter(otlpUrl))] : []),
    ],
  })
  const tracer = provider.getTracer('pickstream')
  const begun = perSecond(perSecondMax, clock)
  const followed = perSecond(perSecondMax * spansPerTraceMax, clock)

  return {
    begin(name, attributes, traceparent) {
      const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
      if (traceparent !== undefined && parent === undefined) return undefined
      if (!begun()) return undefined
      if (parent) return followWith(tracer, name, parent, attributes)
      return traceSpanOf(tracer.startSpan(name, { kind: SpanKind.PRODUCER, attributes }, ROOT_CONTEXT))
    },
    follow(name, traceparent, attributes) {
      const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
      return parent && followed() ? followWith(tracer, name, parent, attributes) : undefined
    },
    async stop() {
      await provider.shutdown()
    },
  }
}

async function openExporter(url: string): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  return new OTLPTraceExporter({ url })
}

/** @returns a function that tells whether one more is within the limit of this second, and counts it */
function perSecond(max: number, clock: Clock): () => boolean {
  let second = 0
  let count = 0
  return () => {
    const now = Math.floor(clock.now() / 1000)
    if (now !== second) {
      second = now
      count = 0
    }
    return ++count <= max
  }
}

function followWith(tracer: Tracer, name: string, parent: SpanParent, attributes?: Attributes): TraceSpan {
  const context = trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: 1, isRemote: true })
  return traceSpanOf(tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes }, context))
}

interface SpanParent {
  readonly traceId: string
  readonly spanId: string
}

function traceSpanOf(span: Span): TraceSpan {
  const { traceId, spanId } = span.spanContext()
  return { traceparent: `00-${traceId}-${spanId}-01`, end: () => span.end() }
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
