import { revisionOf } from '../revision.ts'
import { checkVersion, decodeVersioned, encodeVersioned } from './codec.ts'

/** A position of a user in topic `interactions`. */
export interface LogPosition {
  readonly partition: number
  readonly offset: number
}

/**
 * What the records of topics user-vectors and lists begin with: the place in topic interactions that they were made at.
 * It stands at fixed bytes, so that the newest record of a key is found without decoding the others.
 *
 *     version (1) · epoch (4) · partition (4) · offset (8) · changed (8) · fields
 */
export interface Placed {
  /** The newest record of `interactions` that is in here, whether it changed anything or not. */
  readonly position: LogPosition
  /** The newest record that changed something. */
  readonly changed: number
  readonly epoch: number
}

const headBytes = 24

export function encodePlaced(
  version: number,
  { position, changed, epoch }: Placed,
  fields: readonly unknown[],
): Buffer {
  const bytes = encodeVersioned(version, fields, headBytes)
  bytes.writeUInt32BE(epoch, 1)
  bytes.writeInt32BE(position.partition, 5)
  bytes.writeDoubleBE(position.offset, 9)
  bytes.writeDoubleBE(changed, 17)
  return bytes
}

export const decodePlacedFields = <Fields>(version: number, bytes: Uint8Array, what: string): Fields =>
  decodeVersioned<Fields>(version, bytes, what, headBytes)

export function placeOf(bytes: Uint8Array): Placed {
  const view = viewOf(bytes)
  return {
    position: { partition: view.getInt32(5), offset: view.getFloat64(9) },
    changed: view.getFloat64(17),
    epoch: view.getUint32(1),
  }
}

/** The write timestamp: newer positions win even where nothing changed. @throws Error for another format version */
export function placedAt(version: number, bytes: Uint8Array, what: string): bigint {
  checkVersion(version, bytes, what)
  const view = viewOf(bytes)
  return revisionOf(view.getFloat64(9), view.getUint32(1))
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)
