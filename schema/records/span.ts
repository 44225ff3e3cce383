import { decodeVersioned, encodeVersioned } from './codec.ts'

/** A record of topic `spans`, key trace id: one step of a traced event. Contains no user id. */
export interface SpanRecord {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  /** `record`, a stage's name, or `push`. */
  readonly name: string
  readonly service: string
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number
  readonly endMs: number
  /** For example `eventId` on `record`. */
  readonly attributes: Readonly<Record<string, string>>
}

export const encodeSpan = (span: SpanRecord): Uint8Array => encodeVersioned(1, span)
export const decodeSpan = (bytes: Uint8Array): SpanRecord => decodeVersioned(1, bytes, 'spans')
