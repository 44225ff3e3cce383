import { revisionOf, writeTimestampOf } from '../revision.ts'
import { checkVersion, decodeVersioned, encodeVersioned } from './codec.ts'

/** A position of a user in topic `interactions`. */
export interface LogPosition {
  readonly partition: number
  readonly offset: number
}

/**
 * Head of the records of topics user-vectors and lists: the position in topic interactions at which they were made. It
 * has fixed bytes, so that the newest record of a key is found without decoding the others.
 *
 *     version (1) · epoch (4) · partition (4) · offset (8) · place (8) · fields
 *
 * Numbers are big endian. So of two records of one position, the one with the greater `place` is greater byte by byte,
 * and a store keeps the greater value if the write timestamps are equal.
 */
export interface Placed {
  /** The newest record of `interactions` that is included. */
  readonly position: LogPosition
  readonly epoch: number
}

const headBytes = 24
const placeAt = 17
/** Value before the record is in its topic. */
const noPlace = -1

export function encodePlaced(version: number, { position, epoch }: Placed, fields: readonly unknown[]): Buffer {
  const bytes = encodeVersioned(version, fields, headBytes)
  bytes.writeUInt32BE(epoch, 1)
  bytes.writeInt32BE(position.partition, 5)
  bytes.writeDoubleBE(position.offset, 9)
  bytes.writeDoubleBE(noPlace, placeAt)
  return bytes
}

export const decodePlacedFields = <Fields>(version: number, bytes: Uint8Array, what: string): Fields =>
  decodeVersioned<Fields>(version, bytes, what, headBytes)

export function placeOf(bytes: Uint8Array): Placed {
  const view = viewOf(bytes)
  return {
    position: { partition: view.getInt32(5), offset: view.getFloat64(9) },
    epoch: view.getUint32(1),
  }
}

/** Returns a copy that contains the offset of its record in the topic. */
export function withPlace(bytes: Uint8Array, place: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeDoubleBE(place, placeAt)
  return copy
}

/** The `place` set by withPlace; -1: none. */
export const placeIn = (bytes: Uint8Array): number => viewOf(bytes).getFloat64(placeAt)

/** The write timestamp: newer positions win. @throws Error for another format version */
export function placedAt(version: number, bytes: Uint8Array, what: string): bigint {
  checkVersion(version, bytes, what)
  const view = viewOf(bytes)
  return writeTimestampOf(view.getFloat64(9), view.getUint32(1))
}

/** The revision of a record at an offset of its topic. @throws Error for another format version */
export function revisionAt(version: number, bytes: Uint8Array, place: number, what: string): bigint {
  checkVersion(version, bytes, what)
  const view = viewOf(bytes)
  return revisionOf(view.getFloat64(9), view.getUint32(1), place)
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)
