import type { MessagePort } from 'node:worker_threads'

/**
 * Requests of a thread to its writer: one buffer for all commands of a group. The writer applies a buffer in one
 * transaction and replies with the base offset of every chunk, in the order of the appends.
 */
export const command = { append: 1, put: 2, commitOffset: 3 } as const

/** Rarer requests, as plain objects. */
export type Task =
  | { readonly type: 'createTopics'; readonly specs: readonly TopicRow[] }
  | { readonly type: 'erase'; readonly prefix: Uint8Array; readonly at: bigint; readonly purgeAt: number }
  | { readonly type: 'putIfAbsent'; readonly key: Uint8Array; readonly row: Uint8Array }
  | { readonly type: 'rewrite'; readonly remove: readonly Uint8Array[]; readonly put: readonly KeyedBytes[] }
  | { readonly type: 'setCompaction'; readonly key: Uint8Array; readonly state: Uint8Array }
  | { readonly type: 'purge'; readonly until: number; readonly rowsMax: number }

export interface TopicRow {
  readonly name: string
  readonly partitions: number
  readonly cleanup: 'delete' | 'compact'
  readonly retentionMs?: number
}

export interface KeyedBytes {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface WriteRequest {
  readonly id: number
  readonly commands: Uint8Array
  readonly tasks: readonly Task[]
}

export type WriterMessage = WriteRequest | { readonly connect: MessagePort } | 'close'

/** To the other threads that share the writer: requests already sent are answered; send no more. */
export type WriterNotice = 'closing'

export type WriteReply =
  | { readonly id: number; readonly baseOffsets: Float64Array; readonly purged: number }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | number | undefined } }

export const rowKind = { live: 0, tombstone: 1 } as const
export type RowKind = (typeof rowKind)[keyof typeof rowKind]

export interface PutCommand {
  readonly key: Buffer
  readonly writeTimestamp: bigint
  readonly kind: RowKind
  /** Expiry of the row, or the end of a tombstone's retention. 0: never. */
  readonly vanishesAt: number
  readonly value: Uint8Array
}

/** Collects commands. Grows as needed; `take` hands over the buffer for transfer to the writer. */
export class CommandBuffer {
  private bytes = Buffer.allocUnsafeSlow(4096)
  private at = 0

  get byteLength(): number {
    return this.at
  }

  append(topicId: number, partition: number, chunk: Buffer) {
    this.reserve(9 + chunk.length)
    this.bytes[this.at] = command.append
    this.bytes.writeUInt16BE(topicId, this.at + 1)
    this.bytes.writeUInt16BE(partition, this.at + 3)
    this.bytes.writeUInt32BE(chunk.length, this.at + 5)
    chunk.copy(this.bytes, this.at + 9)
    this.at += 9 + chunk.length
  }

  put({ key, ...row }: PutCommand) {
    const valueBytes = rowHeaderBytes + row.value.length
    this.reserve(7 + key.length + valueBytes)
    const bytes = this.bytes
    bytes[this.at] = command.put
    bytes.writeUInt16BE(key.length, this.at + 1)
    bytes.writeUInt32BE(valueBytes, this.at + 3)
    key.copy(bytes, this.at + 7)
    this.at += 7 + key.length
    writeRow(bytes.subarray(this.at, this.at + valueBytes), row)
    this.at += valueBytes
  }

  commitOffset(key: Buffer, offset: number) {
    this.reserve(11 + key.length)
    this.bytes[this.at] = command.commitOffset
    this.bytes.writeUInt16BE(key.length, this.at + 1)
    this.bytes.writeDoubleBE(offset, this.at + 3)
    key.copy(this.bytes, this.at + 11)
    this.at += 11 + key.length
  }

  take(): Buffer {
    return this.bytes.subarray(0, this.at)
  }

  private reserve(more: number) {
    if (this.at + more <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + more))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}

/** A stored row: write timestamp (8) · kind (1) · expiry (8) · value. */
export const rowHeaderBytes = 17

export function encodeRow(row: Omit<PutCommand, 'key'>): Buffer {
  const bytes = Buffer.alloc(rowHeaderBytes + row.value.length)
  writeRow(bytes, row)
  return bytes
}

function writeRow(bytes: Buffer, { writeTimestamp, kind, vanishesAt, value }: Omit<PutCommand, 'key'>): void {
  bytes.writeBigInt64BE(writeTimestamp, 0)
  bytes[8] = kind
  bytes.writeDoubleBE(vanishesAt, 9)
  bytes.set(value, rowHeaderBytes)
}

export const rowWriteTimestamp = (row: Buffer): bigint => row.readBigInt64BE(0)
export const rowKindOf = (row: Buffer): number => row[8]!
export const rowVanishesAt = (row: Buffer): number => row.readDoubleBE(9)
export const rowValue = (row: Buffer): Buffer => row.subarray(rowHeaderBytes)
