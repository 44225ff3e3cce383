import { Packr, RESERVE_START_SPACE } from 'msgpackr'

/**
 * MessagePack behind a version byte, for the internal topics and tables. Plain maps and arrays instead of msgpackr's
 * record extension, so that any MessagePack library can read what is stored.
 */
const packr = new Packr({ useRecords: false, moreTypes: true, largeBigIntToString: false })

/** @param headBytes left free after the version byte, for data that is read without decoding the rest */
export function encodeVersioned(version: number, value: unknown, headBytes = 0): Buffer {
  const bytes = packr.pack(value, RESERVE_START_SPACE | (1 + headBytes))
  bytes[0] = version
  return bytes
}

/** @throws Error for another version than the expected one: the record was written by another release */
export function checkVersion(version: number, bytes: Uint8Array, what: string): void {
  if (bytes[0] !== version) throw new Error(`${what}: expected format version ${version}, got ${bytes[0]}`)
}

/** @throws Error as checkVersion does, or for bytes that are not MessagePack of a map or a list */
export function decodeVersioned<T>(version: number, bytes: Uint8Array, what: string, headBytes = 0): T {
  checkVersion(version, bytes, what)
  const value: unknown = packr.unpack(bytes.subarray(1 + headBytes))
  if (typeof value !== 'object' || value === null) throw new Error(`${what}: expected a map or a list, got ${value}`)
  return value as T
}

/** Returns the fields of a record with its optional ones, which are null if absent and omitted at the end. */
export function withOptionalFields(fields: readonly unknown[], optional: readonly unknown[]): unknown[] {
  const length = optional.findLastIndex((field) => field != null) + 1
  return [...fields, ...optional.slice(0, length).map((field) => field ?? null)]
}

/**
 * Ids as one text and the length of each: takes a tenth of the time of as many strings. Fields of a record, see
 * unpackIds.
 */
export type PackedIds = readonly [text: string, lengths: Uint8Array]

const idCharsMax = 256

/** @throws RangeError for an id that is empty or longer than an id may be */
export function packIds(ids: readonly string[]): PackedIds {
  const lengths = new Uint8Array(ids.length)
  for (let k = 0; k < ids.length; k++) {
    const { length } = ids[k]!
    if (length === 0 || length > idCharsMax)
      throw new RangeError(`id: expected 1 to ${idCharsMax} characters, got ${length} (${ids[k]!.slice(0, 40)})`)
    lengths[k] = length - 1
  }
  return [ids.join(''), lengths]
}

export function unpackIds([text, lengths]: PackedIds): string[] {
  const ids = new Array<string>(lengths.length)
  let at = 0
  for (let k = 0; k < lengths.length; k++) ids[k] = text.substring(at, (at += lengths[k]! + 1))
  return ids
}

/** Numbers as the bytes of doubles, little endian. */
export function packDoubles(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(numbers).buffer)
}

export function unpackDoubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.slice().buffer) // a copy, because a view must begin at a multiple of eight
}
