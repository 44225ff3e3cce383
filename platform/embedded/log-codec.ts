import type { LogRecord, StoredRecord } from '../ports/event-log.ts'
import { onePageBytesMax } from './environment.ts'

/**
 * Rows of the log are chunks: the records of one commit in one partition, or those that compaction kept of several
 * chunks.
 *
 * version (1) · count (4) · base offset (8) · base time (8) · records record: offset − base · time − base (zigzag) ·
 * key · value length + 1, 0 for a tombstone · value · headers
 *
 * Lengths and differences are varints. The writer sets the base offset, which is known only at the commit.
 */
const version = 1
const headerBytes = 21
/** A chunk fits into one page (environment.ts), unless it is one record that is larger. */
export const chunkBytesMax = onePageBytesMax

export class ChunkBuilder {
  private bytes = Buffer.allocUnsafe(1024)
  private at = headerBytes
  private recordCount = 0
  private baseOffset = 0
  private baseTime = 0

  get count(): number {
    return this.recordCount
  }

  /** Whether another record would still fit into one page. */
  hasRoomFor(record: LogRecord): boolean {
    return this.recordCount === 0 || this.at + recordBytesMost(record) <= chunkBytesMax
  }

  /** `offset` counts from zero for new records, and is the real one when compaction writes a record again. */
  add(offset: number, record: LogRecord, time: number): void {
    if (this.recordCount === 0) {
      this.baseOffset = offset
      this.baseTime = time
    }
    this.recordCount++
    const { key, value, headers } = record
    const keyBytes = Buffer.byteLength(key)
    this.reserve(40 + keyBytes + (value?.length ?? 0))
    this.varint(offset - this.baseOffset)
    this.varint(zigzag(time - this.baseTime))
    this.varint(keyBytes)
    this.at += this.bytes.write(key, this.at)
    this.varint(value === null ? 0 : value.length + 1)
    if (value !== null) {
      this.bytes.set(value, this.at)
      this.at += value.length
    }
    this.headers(headers)
  }

  /** The finished chunk; the builder must not be used afterwards. */
  finish(): Buffer {
    this.bytes[0] = version
    this.bytes.writeUInt32BE(this.recordCount, 1)
    this.bytes.writeDoubleBE(this.baseOffset, 5)
    this.bytes.writeDoubleBE(this.baseTime, 13)
    return this.bytes.subarray(0, this.at)
  }

  private headers(headers: Readonly<Record<string, string>> | undefined) {
    const names = headers === undefined ? [] : Object.keys(headers)
    this.varint(names.length)
    for (const name of names) {
      this.text(name)
      this.text(headers![name]!)
    }
  }

  private text(text: string) {
    const bytes = Buffer.byteLength(text)
    this.reserve(10 + bytes)
    this.varint(bytes)
    this.at += this.bytes.write(text, this.at)
  }

  private varint(value: number) {
    let rest = value
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.at++] = rest
  }

  private reserve(more: number) {
    if (this.at + more <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + more))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}

/** Sets the offset of the first record of a chunk. */
export function setBaseOffset(chunk: Buffer, offset: number): void {
  chunk.writeDoubleBE(offset, 5)
}

export const countOf = (chunk: Buffer): number => chunk.readUInt32BE(1)
export const baseTimeOf = (chunk: Buffer): number => chunk.readDoubleBE(13)

/** Returns the records from `fromOffset` on. Their values are views of the chunk: copy a value to keep it for long. */
export function decodeChunk(chunk: Buffer, topic: string, partition: number, fromOffset: number): StoredRecord[] {
  if (chunk[0] !== version)
    throw new Error(`${topic}/${partition}: expected a log chunk of version ${version}, got version ${chunk[0]}`)
  const count = countOf(chunk)
  const baseOffset = chunk.readDoubleBE(5)
  const baseTime = chunk.readDoubleBE(13)
  const records: StoredRecord[] = []
  const reader = new Reader(chunk, headerBytes)
  for (let i = 0; i < count; i++) {
    const offset = baseOffset + reader.varint()
    const appendedAt = baseTime + unzigzag(reader.varint())
    if (offset < fromOffset) {
      reader.skipRecord()
      continue
    }
    const key = reader.text()
    const valueLength = reader.varint()
    const value = valueLength === 0 ? null : reader.bytes(valueLength - 1)
    records.push({ topic, partition, offset, appendedAt, key, value, headers: reader.headers() })
  }
  return records
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})

class Reader {
  private readonly buffer: Buffer

  constructor(
    bytes: Buffer,
    private at: number,
  ) {
    this.buffer = bytes
  }

  varint(): number {
    let byte = this.buffer[this.at++]!
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 128
    do {
      byte = this.buffer[this.at++]!
      value += (byte & 127) * scale
      scale *= 128
    } while (byte >= 128)
    return value
  }

  bytes(length: number): Buffer {
    return this.buffer.subarray(this.at, (this.at += length))
  }

  text(): string {
    const length = this.varint()
    return this.buffer.toString('utf8', this.at, (this.at += length))
  }

  headers(): Readonly<Record<string, string>> {
    const count = this.varint()
    if (count === 0) return noHeaders
    const headers: Record<string, string> = {}
    for (let i = 0; i < count; i++) {
      const name = this.text()
      headers[name] = this.text()
    }
    return headers
  }

  skipRecord() {
    this.skip(this.varint())
    const valueLength = this.varint()
    if (valueLength > 0) this.skip(valueLength - 1)
    for (let texts = this.varint() * 2; texts > 0; texts--) this.skip(this.varint())
  }

  private skip(bytes: number) {
    this.at += bytes
  }
}

/** Upper bound of the bytes of an encoded record. */
function recordBytesMost({ key, value, headers }: LogRecord): number {
  let bytes = 32 + Buffer.byteLength(key) + (value?.length ?? 0)
  if (headers !== undefined) {
    for (const name of Object.keys(headers)) bytes += 6 + Buffer.byteLength(name) + Buffer.byteLength(headers[name]!)
  }
  return bytes
}

const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1)
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)
