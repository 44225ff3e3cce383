import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { Decompress } from 'fzstd'

type Transform = (source: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void

/** Zstandard is part of Node from 22.15 on. */
const { zstdCompress, zstdDecompress } = zlib as { zstdCompress?: Transform; zstdDecompress?: Transform }
const level = { params: { 100: 1 } } // ZSTD_c_compressionLevel

/** undefined if this version of Node has no zstd. */
export const compressZstd: ((bytes: Buffer) => Promise<Buffer>) | undefined =
  zstdCompress && natively(zstdCompress, level)

/** Decompresses by Node, or by fzstd if this version of Node has no zstd. @param bytesMax maximum size of the result */
export async function decompressZstd(source: Buffer, bytesMax: number): Promise<Buffer> {
  if (zstdDecompress === undefined) return withFzstd(source, bytesMax)
  return natively(zstdDecompress, { maxOutputLength: bytesMax })(source)
}

function natively(transform: Transform, options: object): (bytes: Buffer) => Promise<Buffer> {
  const transformed = promisify(transform)
  return (bytes) => transformed(bytes, options)
}

/** @param bytesMax maximum size of the result. @throws Error if it is exceeded */
export function withFzstd(source: Uint8Array, bytesMax: number): Buffer {
  const chunks: Uint8Array[] = []
  let length = 0
  const stream = new Decompress((chunk) => {
    length += chunk.length
    if (length > bytesMax) throw new Error(`zstd: the result is larger than ${bytesMax} bytes`)
    chunks.push(chunk)
  })
  stream.push(source, true)
  return Buffer.concat(chunks)
}
