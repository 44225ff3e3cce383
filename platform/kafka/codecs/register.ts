import kafkajs from 'kafkajs'
import type { Compression } from '../record-batch.ts'
import { compressGzip, decompressGzip } from './gzip.ts'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'
import { compressZstd, decompressZstd } from './zstd.ts'

// Node does not detect all exports of a CommonJS module: these are only properties of the default export.
const { CompressionCodecs, CompressionTypes } = kafkajs

/** Maximum decompressed size of a batch, which has at most about 1 MB on the wire. */
export const decompressedBytesMax = 64 * 1024 * 1024

type Decompress = (source: Buffer, bytesMax: number) => Buffer | Promise<Buffer>

/**
 * Compression of written batches: see docs/adr/0009-kafka-codecs.md for the figures. Every version of Node reads
 * both.
 */
export const writtenCompression: Compression = compressZstd
  ? { codec: CompressionTypes.ZSTD, compress: compressZstd }
  : { codec: CompressionTypes.GZIP, compress: compressGzip }

/** Lets kafkajs read every codec of Kafka. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.GZIP] = codec(decompressGzip, compressGzip)
  CompressionCodecs[CompressionTypes.Snappy] = codec(decompressSnappy)
  CompressionCodecs[CompressionTypes.LZ4] = codec(decompressLz4)
  CompressionCodecs[CompressionTypes.ZSTD] = codec(decompressZstd, compressZstd)
}

function codec(decompress: Decompress, compress?: (bytes: Buffer) => Promise<Buffer>) {
  const compressor = async ({ buffer }: { buffer: Buffer }) => {
    if (compress === undefined) throw new Error('this codec is only read')
    return compress(buffer)
  }
  return () => ({
    compress: compressor,
    decompress: async (source: Buffer) => decompress(source, decompressedBytesMax),
  })
}
