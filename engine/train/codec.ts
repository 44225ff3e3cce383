import type { TrainedModel } from './model.ts'

const magic = 0x4d53_4b50 // "PKSM"
const formatVersion = 1
const prefixBytes = 12

const columnTypes = { f32: Float32Array, i32: Int32Array, i16: Int16Array } as const
type Column = Float32Array | Int32Array | Int16Array
/** Replaces a column in the header: its type, its first byte after the header, its length in elements. */
interface Place {
  $column: keyof typeof columnTypes
  at: number
  length: number
}

/**
 * Returns a model as bytes: magic, format and length of the header (uint32 little endian each), the header as UTF-8
 * JSON padded to 8 bytes, then the typed arrays that it names, each padded to 8. Only little-endian machines are
 * supported.
 */
export function encodeModel(model: TrainedModel): Uint8Array<ArrayBuffer> {
  const { index: _, ...plain } = model
  const columns: { at: number; column: Column }[] = []
  let room = 0
  const json = JSON.stringify(plain, (_key, value) => {
    const kind = kindOf(value)
    if (kind === null) return value
    const place: Place = { $column: kind, at: room, length: value.length }
    columns.push({ at: room, column: value })
    room += pad(value.byteLength)
    return place
  })
  const header = new TextEncoder().encode(json)
  const start = pad(prefixBytes + header.length)
  const bytes = new Uint8Array(start + room)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, formatVersion, true)
  view.setUint32(8, header.length, true)
  bytes.set(header, prefixBytes)
  for (const { at, column } of columns)
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), start + at)
  return bytes
}

/** @throws RangeError when the bytes are no model, are cut short, or are of another format. */
export function decodeModel(bytes: Uint8Array): TrainedModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < prefixBytes || view.getUint32(0, true) !== magic)
    throw new RangeError(`expected a model, got ${bytes.length} bytes of another format`)
  const format = view.getUint32(4, true)
  if (format !== formatVersion) throw new RangeError(`expected a model of format ${formatVersion}, got ${format}`)
  const length = view.getUint32(8, true)
  const start = pad(prefixBytes + length)
  if (bytes.length < start)
    throw new RangeError(`expected a model with ${start} bytes of header, got ${bytes.length} bytes`)
  const json = new TextDecoder().decode(bytes.subarray(prefixBytes, prefixBytes + length))
  const plain = JSON.parse(json, (_key, value) => {
    if (!isPlace(value)) return value
    const Kind = columnTypes[value.$column]
    const from = start + value.at
    const to = from + value.length * Kind.BYTES_PER_ELEMENT
    if (bytes.length < to) throw new RangeError(`expected a model of at least ${to} bytes, got ${bytes.length} bytes`)
    // Not bytes.slice: that of a Node Buffer does not copy, and its .buffer would be the whole model.
    return new Kind(new Uint8Array(bytes.subarray(from, to)).buffer)
  })
  return { ...plain, index: new Map(plain.items.map((id: string, row: number) => [id, row])) }
}

function kindOf(value: unknown): keyof typeof columnTypes | null {
  if (value instanceof Float32Array) return 'f32'
  if (value instanceof Int32Array) return 'i32'
  return value instanceof Int16Array ? 'i16' : null
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && '$column' in value
}

function pad(length: number): number {
  return (length + 7) & ~7
}
