import type { SpanRecord } from '../schema/records/span.ts'

/** Where finished spans go. */
export interface SpanSink {
  add(span: SpanRecord): void
  /** Sends what waits. */
  close(): Promise<void>
}
