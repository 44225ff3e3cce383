import { createRequire } from 'node:module'
import { messageOf } from '../../schema/app-error.ts'
import type { FetchedMessage } from './kafkajs-internals.ts'

interface Decoder {
  buffer: Buffer
  offset: number
}

interface RecordBatch {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly maxTimestamp: string
  readonly records: readonly FetchedMessage[]
}

type DecodeBatch = (decoder: Decoder) => Promise<RecordBatch>

const require = createRequire(import.meta.url)
const patched = Symbol.for('pickstream.lenientBatches')
/** Byte offsets of the fields of a batch in format version 2 (KIP-98). */
const batch = { lengthAt: 8, headerBytes: 12, lastOffsetDeltaAt: 23, maxTimestampAt: 35 }

/**
 * Patch of kafkajs 2.2.4: if it cannot decode a batch (an unknown codec, damaged or oversized content), it discards
 * the whole response of the broker, with all other partitions, and fetches the batch again forever. With the patch,
 * such a batch becomes one message, marked `undecodable` with the reason, and a batch that compaction has emptied
 * becomes one control message: both can be skipped. Must be called before the first fetch; safe to call more than
 * once.
 */
export function stepOverBatches(): void {
  const path = require.resolve('kafkajs/src/protocol/recordBatch/v0/decoder')
  const decode = require(path) as DecodeBatch & { [patched]?: true }
  if (decode[patched]) return
  const lenient = Object.assign((decoder: Decoder) => decodeLeniently(decode, decoder), { [patched]: true as const })
  require.cache[path]!.exports = lenient
}

async function decodeLeniently(decode: DecodeBatch, decoder: Decoder): Promise<RecordBatch> {
  const start = decoder.offset
  try {
    const decoded = await decode(decoder)
    if (decoded.records.length > 0) return decoded
    const { firstOffset, lastOffsetDelta, maxTimestamp } = decoded
    return { ...decoded, records: [lastOf({ firstOffset, lastOffsetDelta, maxTimestamp }, { isControlRecord: true })] }
  } catch (error) {
    if ((error as Error).name === 'KafkaJSPartialMessageError') throw error // the response ends within the batch: it is fetched again
    return undecodable(decoder, start, messageOf(error))
  }
}

function undecodable(decoder: Decoder, start: number, reason: string): RecordBatch {
  const bytes = decoder.buffer.subarray(start)
  const end = batch.headerBytes + bytes.readInt32BE(batch.lengthAt)
  decoder.offset = start + end
  const span = {
    firstOffset: String(bytes.readBigInt64BE(0)),
    lastOffsetDelta: bytes.readInt32BE(batch.lastOffsetDeltaAt),
    maxTimestamp: String(bytes.readBigInt64BE(batch.maxTimestampAt)),
  }
  return { ...span, records: [lastOf(span, { value: bytes.subarray(0, end), undecodable: reason })] }
}

/** A message at the offset of a batch's last one. */
const lastOf = (
  { firstOffset, lastOffsetDelta, maxTimestamp }: Omit<RecordBatch, 'records'>,
  more: Partial<FetchedMessage>,
): FetchedMessage => ({
  offset: String(BigInt(firstOffset) + BigInt(lastOffsetDelta)),
  timestamp: maxTimestamp,
  key: null,
  value: null,
  headers: {},
  isControlRecord: false,
  batchContext: { firstOffset, lastOffsetDelta },
  ...more,
})
