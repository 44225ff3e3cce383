import { promisify } from 'node:util'
import zlib from 'node:zlib'

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip)
const unzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.unzip)

/** Of events in batches of 512 KiB: half of level 6's time for a tenth more bytes. */
const level = 1

/** Room for the result made at once. Every time it runs out is a way to zlib's thread and back: half of the time of reading. */
const roomMin = 16 * 1024
const roomMax = 1024 * 1024

export const compressGzip = (bytes: Buffer): Promise<Buffer> =>
  gzip(bytes, { level, chunkSize: roomFor(bytes.length / 2) })

/** @param bytesMax of the result */
export const decompressGzip = (source: Buffer, bytesMax: number): Promise<Buffer> =>
  unzip(source, { maxOutputLength: bytesMax, chunkSize: roomFor(unpackedBytes(source)) })

const roomFor = (bytes: number): number => Math.min(roomMax, Math.max(roomMin, Math.ceil(bytes)))

/** As the end of a gzip file says (RFC 1952, ISIZE), which need not be true. */
const unpackedBytes = (source: Buffer): number => (source.length < 4 ? 0 : source.readUInt32LE(source.length - 4) + 1)
