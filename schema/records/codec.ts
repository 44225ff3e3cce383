import { Packr } from 'msgpackr'

/**
 * MessagePack behind a version byte, for the internal topics and tables. Plain maps instead of msgpackr's record
 * extension, so that any MessagePack library can read what is stored.
 */
const packr = new Packr({ useRecords: false, moreTypes: true, largeBigIntToString: false })

export function encodeVersioned(version: number, value: unknown): Uint8Array {
  const body = packr.pack(value)
  const bytes = Buffer.allocUnsafe(body.length + 1)
  bytes[0] = version
  body.copy(bytes, 1)
  return bytes
}

/** @throws Error when the version is not the one expected: written by another release. */
export function decodeVersioned<T>(version: number, bytes: Uint8Array, what: string): T {
  if (bytes[0] !== version) throw new Error(`${what}: expected format version ${version}, got ${bytes[0]}`)
  return packr.unpack(bytes.subarray(1)) as T
}
