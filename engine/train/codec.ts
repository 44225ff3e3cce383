import type { TrainedModel } from './model.ts'

const MAGIC = 0x4d53_4b50 // "PKSM"
const FORMAT = 1

/**
 * A model as bytes: magic, format, length of the header (all uint32 little endian), the header as UTF-8 JSON padded to 4, then the float arrays.
 */
export function encodeModel(model: TrainedModel): Uint8Array {
  const { index: _, factors, ...header } = model
  const json = new TextEncoder().encode(JSON.stringify({ ...header, lengths: { factors: factors.length } }))
  const start = 12 + pad(json.length)
  const bytes = new Uint8Array(start + factors.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, FORMAT, true)
  view.setUint32(8, json.length, true)
  bytes.set(json, 12)
  bytes.set(new Uint8Array(factors.buffer, factors.byteOffset, factors.byteLength), start)
  return bytes
}

/** @throws RangeError when the bytes are no model, or one of a later format. */
export function decodeModel(bytes: Uint8Array): TrainedModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || view.getUint32(0, true) !== MAGIC) throw new RangeError('expected a model, got other bytes')
  const format = view.getUint32(4, true)
  if (format !== FORMAT) throw new RangeError(`expected a model of format ${FORMAT}, got ${format}`)
  const length = view.getUint32(8, true)
  const { lengths, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length)))
  const start = 12 + pad(length)
  const end = start + lengths.factors * 4
  if (bytes.length < end) throw new RangeError(`expected ${end} bytes of model, got ${bytes.length}`)
  const factors = new Float32Array(bytes.slice(start, end).buffer)
  const index = new Map<string, number>(header.items.map((id: string, row: number) => [id, row]))
  return { ...header, index, factors }
}

function pad(length: number): number {
  return (length + 3) & ~3
}
