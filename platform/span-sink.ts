import type { SpanRecord } from '../schema/records/span.ts'

/** Receives finished spans. */
export interface SpanSink {
  add(span: SpanRecord): void
  /** Sends the queued spans. */
  close(): Promise<void>
}
