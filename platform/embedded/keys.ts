import { AppError } from '../../schema/app-error.ts'
import { cutText } from '../../schema/cut-text.ts'
import type { Table } from '../../schema/tables.ts'

/** LMDB orders keys by their bytes. These layouts make that order the order of reading. */

/** LMDB's own limit with pages of 4 KiB is 1,978 bytes; keys of the purge index have eight more. */
const storeKeyBytesMax = 1_900

export const logKeyBytes = 10

/** topic (2) · partition (2) · offset of the chunk's last record (6): the first row at or after an offset holds it. */
export function logKey(topicId: number, partition: number, lastOffset: number): Buffer {
  const key = Buffer.allocUnsafe(logKeyBytes)
  key.writeUInt16BE(topicId, 0)
  key.writeUInt16BE(partition, 2)
  key.writeUIntBE(lastOffset, 4, 6)
  return key
}

export const offsetMax = 2 ** 48 - 1

export function partitionKey(topicId: number, partition: number): Buffer {
  return logKey(topicId, partition, 0).subarray(0, 4)
}

/** For maps in memory. */
export const partitionId = (topicId: number, partition: number): number => topicId * 65_536 + partition

/** group · NUL · topic id (2) · partition (2). */
export function groupOffsetKey(group: string, topicId: number, partition: number): Buffer {
  return Buffer.concat([Buffer.from(`${group}\0`), partitionKey(topicId, partition)])
}

const prefixes = new Map<string, Buffer>()

/** Returns the same buffer every time: callers must not change it. */
export function tablePrefix({ name }: Table): Buffer {
  const known = prefixes.get(name)
  if (known !== undefined) return known
  const text = Buffer.from(name)
  const prefix = Buffer.concat([Buffer.from([text.length]), text])
  prefixes.set(name, prefix)
  return prefix
}

/** table · length of the partition key (2) · partition key: the common prefix of all rows of one partition. */
export function rowPrefix(table: Table, partition: string): Buffer {
  return keyOf(table, partition, '')
}

export function rowKey(table: Table, partition: string, cluster: string | undefined): Buffer {
  return keyOf(table, partition, cluster ?? '')
}

function keyOf(table: Table, partition: string, cluster: string): Buffer {
  const prefix = tablePrefix(table)
  const partitionBytes = Buffer.byteLength(partition)
  const key = Buffer.allocUnsafe(prefix.length + 2 + partitionBytes + Buffer.byteLength(cluster))
  checkLength(key, table, partition)
  prefix.copy(key)
  key.writeUInt16BE(partitionBytes, prefix.length)
  key.write(partition, prefix.length + 2)
  key.write(cluster, prefix.length + 2 + partitionBytes)
  return key
}

export function rowPrefixBytes(key: Buffer): number {
  const nameEnd = 1 + key[0]!
  return nameEnd + 2 + key.readUInt16BE(nameEnd)
}

export function parseRowKey(key: Buffer): { partition: string; cluster: string } {
  const prefixEnd = rowPrefixBytes(key)
  return { partition: key.toString('utf8', 1 + key[0]! + 2, prefixEnd), cluster: key.toString('utf8', prefixEnd) }
}

export const tableNameOf = (key: Buffer): string => key.toString('utf8', 1, 1 + key[0]!)

/** The smallest key after every key that begins with `prefix`. */
export function afterPrefix(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix)
  for (let at = end.length - 1; at >= 0; at--) {
    if (end[at]! < 255) {
      end[at]!++
      return end.subarray(0, at + 1)
    }
  }
  return Buffer.alloc(storeKeyBytesMax, 255)
}

/** expiry (8) · row key: expired rows come first. */
export function purgeKey(purgeAtMs: number, key: Uint8Array): Buffer {
  const when = Buffer.allocUnsafe(8)
  when.writeBigUInt64BE(BigInt(Math.max(0, Math.floor(purgeAtMs))), 0)
  return Buffer.concat([when, key])
}

function checkLength(key: Buffer, table: Table, partition: string): Buffer {
  if (key.length <= storeKeyBytesMax) return key
  throw new AppError('BAD_USER_INPUT', {
    message: `the key ${cutText(partition, 40)}… of ${table.name}: expected at most ${storeKeyBytesMax} bytes, got ${key.length}`,
  })
}
