import { randomBytes } from 'node:crypto'
import { parseTraceparent } from '../schema/records/headers.ts'
import { encodeSpan, type SpanRecord } from '../schema/records/span.ts'
import { topics } from '../schema/topics.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLog } from './ports/event-log.ts'
import type { SpanSink } from './span-sink.ts'

/**
 * Traces a sample of events through all stages. The context is in the record header `traceparent` (W3C Trace Context).
 * Finished spans are appended to topic `spans`, which the console shows, and sent by OTLP if a collector is configured.
 * Attributes contain no user ids.
 */
export interface Tracing {
  /**
   * Starts a trace for an incoming event, or continues the client's (`traceparent`) if that is sampled. Both count
   * against the limit per second, so a client's flag alone cannot cause a trace.
   * @returns undefined if the event is not traced
   */
  begin(name: string, attributes?: Attributes, traceparent?: string): TraceSpan | undefined
  /** Continues the trace of a record. @returns undefined if it has none, or if the limit of this second is reached */
  follow(name: string, traceparent: string | undefined, attributes?: Attributes): TraceSpan | undefined
  stop(): Promise<void>
}

export interface TraceSpan {
  /** For the headers of records that result from the event. */
  readonly traceparent: string
  end(): void
}

export const noTracing: Tracing = { begin: () => undefined, follow: () => undefined, stop: async () => {} }

type Attributes = Readonly<Record<string, string>>

interface Options {
  readonly service: string
  readonly log: EventLog
  readonly clock: Clock
  /** Maximum new traces per second. 0: none. */
  readonly perSecondMax: number
  /** An OTLP/HTTP endpoint for traces. */
  readonly otlpUrl?: string
}

/** Maximum spans per trace: one per stage and event of a call. Bounds traces that records of other writers start. */
const spansPerTraceMax = 20

/** OpenTelemetry is loaded only if an endpoint is configured: it takes several megabytes in each thread. */
export async function createTracing({ service, log, clock, perSecondMax, otlpUrl }: Options): Promise<Tracing> {
  if (perSecondMax === 0) return noTracing
  const sinks: SpanSink[] = [new LogSpanSink(log)]
  if (otlpUrl) sinks.push((await import('./otlp-spans.ts')).openOtlpSpans(otlpUrl, service))
  const begun = perSecond(perSecondMax, clock)
  const followed = perSecond(perSecondMax * spansPerTraceMax, clock)

  function start(name: string, attributes: Attributes = {}, parent?: SpanParent): TraceSpan {
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex')
    const spanId = randomBytes(8).toString('hex')
    const startMs = performance.timeOrigin + performance.now()
    return {
      traceparent: `00-${traceId}-${spanId}-01`,
      end() {
        const endMs = performance.timeOrigin + performance.now()
        const parentSpanId = parent?.spanId ?? null
        const span: SpanRecord = { traceId, spanId, parentSpanId, name, service, startMs, endMs, attributes }
        for (const sink of sinks) sink.add(span)
      },
    }
  }

  return {
    begin(name, attributes, traceparent) {
      const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
      if (traceparent !== undefined && parent === undefined) return undefined
      return begun() ? start(name, attributes, parent) : undefined
    },
    follow(name, traceparent, attributes) {
      const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
      return parent && followed() ? start(name, attributes, parent) : undefined
    },
    async stop() {
      await Promise.all(sinks.map((sink) => sink.close()))
    },
  }
}

/** @returns a function that counts a call and returns whether it is within the limit of this second */
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

interface SpanParent {
  readonly traceId: string
  readonly spanId: string
}

/** Maximum spans that wait for their batch; further ones are dropped. */
const waitingMax = 2_048
const batchMs = 200

/**
 * Appends spans to the log, those of 200 ms together. A failed append is not retried: tracing must not delay events.
 */
class LogSpanSink implements SpanSink {
  private waiting: SpanRecord[] = []
  private timer: NodeJS.Timeout | undefined
  private appending: Promise<void> = Promise.resolve()

  constructor(private readonly log: EventLog) {}

  add(span: SpanRecord): void {
    if (this.waiting.length >= waitingMax) return
    this.waiting.push(span)
    this.timer ??= setTimeout(() => this.flush(), batchMs).unref()
  }

  async close(): Promise<void> {
    this.flush()
    await this.appending
  }

  private flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const records = this.waiting.map((span) => ({ key: span.traceId, value: encodeSpan(span) }))
    this.waiting = []
    if (records.length === 0) return
    this.appending = this.appending.then(() => this.log.append(topics.spans, records)).then(ignore, ignore)
  }
}

const ignore = () => {}
