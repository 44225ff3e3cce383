import { LRUCache } from 'lru-cache'
import { decodeSideRow, encodedDeltasIn, rowHeadBytes, type StoredSideRow } from '../../schema/records/item-side.ts'
import { packBytes, unpackBytes } from '../runner/packed-bytes.ts'
import { takeEncodedRow } from './learn-row.ts'

/** Estimated bytes of the rows of one partition that are also kept decoded. */
const decodedBytesMax = 12 * 1024 * 1024
/** Bytes of a decoded row, and of each of its predecessors with its entry in the index of the row. */
const rowBytes = 600
const predecessorBytes = 100

/**
 * The rows of one partition by key: all of them encoded, which takes a fifth of the bytes, and recently used ones also
 * decoded.
 */
export class HeldRows {
  private readonly decoded: LRUCache<string, StoredSideRow>
  private readonly encoded = new Map<string, string>()

  constructor(bytesMax = decodedBytesMax) {
    this.decoded = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: ({ row }) => rowBytes + row.predecessors.length * predecessorBytes,
    })
  }

  /** Rows that are kept decoded. */
  get decodedCount(): number {
    return this.decoded.size
  }

  get(key: string): StoredSideRow | undefined {
    const known = this.decoded.get(key)
    if (known) return known
    const packed = this.encoded.get(key)
    if (packed === undefined) return undefined
    const row = decodeSideRow(key, unpackBytes(packed))
    this.decoded.set(key, row)
    return row
  }

  set(key: string, row: StoredSideRow): void {
    this.encoded.set(key, packBytes(takeEncodedRow(row)))
    this.decoded.set(key, row)
  }

  /** @param bytes the row as `encodeSideRow` returns it */
  setEncoded(key: string, bytes: Uint8Array): void {
    this.decoded.delete(key)
    this.encoded.set(key, packBytes(bytes))
  }

  delete(key: string): void {
    this.decoded.delete(key)
    this.encoded.delete(key)
  }

  /** The encoded row. */
  getEncoded(key: string): Uint8Array | undefined {
    const packed = this.encoded.get(key)
    return packed === undefined ? undefined : unpackBytes(packed)
  }

  /** The number of deltas in a row (item-side.ts), without decoding it; -1: there is no row. */
  deltasIn(key: string): number {
    const packed = this.encoded.get(key)
    return packed === undefined ? -1 : encodedDeltasIn(unpackBytes(packed.slice(0, rowHeadBytes)))
  }
}
