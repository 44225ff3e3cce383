import { promisify } from 'node:util'
import zlib from 'node:zlib'

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip)
const unzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.unzip)

/** Of events in batches of 512 KiB: half of level 6's time for a tenth more bytes. */
const level = 1

export const compressGzip = (bytes: Buffer): Promise<Buffer> => gzip(bytes, { level })

/** @param bytesMax of the result */
export const decompressGzip = (source: Buffer, bytesMax: number): Promise<Buffer> =>
  unzip(source, { maxOutputLength: bytesMax })
