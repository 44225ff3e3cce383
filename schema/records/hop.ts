import { decodeVersioned, encodeVersioned } from './codec.ts'

/** A record of topic `hops`, key trace id: one step of an event that is followed. Names no user. */
export interface HopRecord {
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

export const encodeHop = (hop: HopRecord): Uint8Array => encodeVersioned(1, hop)
export const decodeHop = (bytes: Uint8Array): HopRecord => decodeVersioned(1, bytes, 'hops')
