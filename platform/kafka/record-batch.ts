import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const crc32C = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number

export interface EncodedMessage {
  readonly key: string
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

export interface Compression {
  /** Number of the codec in the attributes of a batch. */
  readonly codec: number
  compress(records: Buffer): Promise<Buffer>
}

/** The fields of a batch before its records, in format 2 (KIP-98). */
const batchHead = {
  lengthAt: 8,
  leaderEpochAt: 12,
  magicAt: 16,
  crcAt: 17,
  attributesAt: 21,
  lastOffsetDeltaAt: 23,
  firstTimestampAt: 27,
  maxTimestampAt: 35,
  producerIdAt: 43,
  producerEpochAt: 51,
  firstSequenceAt: 53,
  countAt: 57,
  bytes: 61,
}

/**
 * Encodes one batch of records in format 2, not idempotent and in no transaction, into one buffer of the exact size.
 * The library allocates several buffers per record, which takes longer than the rest of an append.
 */
export async function encodeBatch(
  messages: readonly EncodedMessage[],
  timestamp: number,
  compression?: Compression,
): Promise<Buffer> {
  const records = recordsOf(messages)
  const batch = Buffer.allocUnsafe(batchHead.bytes + records.bytes)
  records.write(batch, batchHead.bytes)
  if (compression === undefined) return withHead(batch, messages.length, timestamp, 0)
  const packed = await compression.compress(batch.subarray(batchHead.bytes))
  const head = batch.subarray(0, batchHead.bytes)
  return withHead(Buffer.concat([head, packed]), messages.length, timestamp, compression.codec)
}

function withHead(batch: Buffer, count: number, timestamp: number, codec: number): Buffer {
  batch.fill(0, 0, batchHead.lengthAt) // first offset: set by the broker
  batch.writeInt32BE(batch.length - batchHead.leaderEpochAt, batchHead.lengthAt)
  batch.writeInt32BE(-1, batchHead.leaderEpochAt)
  batch.writeInt8(2, batchHead.magicAt)
  batch.writeInt16BE(codec, batchHead.attributesAt)
  batch.writeInt32BE(count - 1, batchHead.lastOffsetDeltaAt)
  batch.writeBigInt64BE(BigInt(timestamp), batchHead.firstTimestampAt)
  batch.writeBigInt64BE(BigInt(timestamp), batchHead.maxTimestampAt)
  batch.fill(0xff, batchHead.producerIdAt, batchHead.countAt) // no producer id, epoch and sequence: all of them -1
  batch.writeInt32BE(count, batchHead.countAt)
  batch.writeUInt32BE(crc32C(batch.subarray(batchHead.attributesAt)), batchHead.crcAt)
  return batch
}

/** Computes the sizes first, since each precedes its record. All records have the time of the batch. */
function recordsOf(messages: readonly EncodedMessage[]) {
  const sizes = new Int32Array(messages.length)
  const headersOf = headerEncoder()
  let bytes = 0
  for (const [n, { key, value, headers }] of messages.entries()) {
    const body =
      2 + varintBytes(n) + sizedBytes(Buffer.byteLength(key)) + sizedBytes(value?.length) + headersOf(headers).length
    sizes[n] = body
    bytes += varintBytes(body) + body
  }
  const write = (into: Buffer, from: number): void => {
    let at = from
    for (const [n, { key, value, headers }] of messages.entries()) {
      at = writeVarint(into, at, sizes[n]!)
      into[at++] = 0 // attributes
      into[at++] = 0 // milliseconds after the batch's time
      at = writeVarint(into, at, n)
      at = writeVarint(into, at, Buffer.byteLength(key))
      at += into.write(key, at)
      at = writeVarint(into, at, value?.length ?? -1)
      if (value !== null) at += value.copy(into, at)
      at += headersOf(headers).copy(into, at)
    }
  }
  return { bytes, write }
}

/** Records of one append mostly share one object of headers: it is encoded once. */
function headerEncoder(): (headers: EncodedMessage['headers']) => Buffer {
  let last: EncodedMessage['headers'] | undefined
  let encoded: Buffer = Buffer.alloc(0)
  return (headers) => {
    if (headers !== last) {
      last = headers
      encoded = encodeHeaders(headers)
    }
    return encoded
  }
}

function encodeHeaders(headers: EncodedMessage['headers']): Buffer {
  const texts = Object.entries(headers).flat()
  const bytes = texts.reduce((sum, text) => sum + sizedBytes(Buffer.byteLength(text)), varintBytes(texts.length / 2))
  const encoded = Buffer.allocUnsafe(bytes)
  let at = writeVarint(encoded, 0, texts.length / 2)
  for (const text of texts) {
    at = writeVarint(encoded, at, Buffer.byteLength(text))
    at += encoded.write(text, at)
  }
  return encoded
}

/** Bytes of a length and the content of that length; undefined: null. */
const sizedBytes = (length: number | undefined): number =>
  length === undefined ? varintBytes(-1) : varintBytes(length) + length

const zigZag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = zigZag(value); rest > 0x7f; rest >>>= 7) bytes += 1
  return bytes
}

/** @returns the position of the next field */
function writeVarint(into: Buffer, from: number, value: number): number {
  let at = from
  let rest = zigZag(value)
  for (; rest > 0x7f; rest >>>= 7) into[at++] = (rest & 0x7f) | 0x80
  into[at++] = rest
  return at
}
