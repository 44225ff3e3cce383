import { promisify } from 'node:util'
import zlib from 'node:zlib'

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip)
const unzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.unzip)

/** For events in batches of 512 KiB, level 1 takes half the time of level 6 and a tenth more bytes. */
const level = 1

/**
 * Bounds of the initial buffer for the result. Each enlargement is a round trip to zlib's thread, about half of the
 * total time.
 */
const roomMin = 16 * 1024
const roomMax = 1024 * 1024

export const compressGzip = (bytes: Buffer): Promise<Buffer> =>
  gzip(bytes, { level, chunkSize: roomFor(bytes.length / 2) })

/** @param bytesMax maximum size of the result. Rejects if it is exceeded, or if the source is not gzip */
export const decompressGzip = (source: Buffer, bytesMax: number): Promise<Buffer> =>
  unzip(source, { maxOutputLength: bytesMax, chunkSize: roomFor(unpackedBytes(source)) })

const roomFor = (bytes: number): number => Math.min(roomMax, Math.max(roomMin, Math.ceil(bytes)))

/** Size of the result by the last field of a gzip file (RFC 1952, ISIZE). Only a hint: it is not trusted. */
const unpackedBytes = (source: Buffer): number => (source.length < 4 ? 0 : source.readUInt32LE(source.length - 4) + 1)
