import { crc32 } from 'node:zlib'
import type { Database, RangeOptions } from 'lmdb'
import { AppError } from '../../schema/app-error.ts'

/**
 * An LMDB database whose entries carry a CRC-32 of the database's name, the key and the value, as the last four bytes
 * of the stored value. LMDB itself has no checksums: without these, a changed bit would be read as data. The name and
 * the key are part of the checksum, so that an entry that a damaged page shows under another key is detected too.
 *
 * Every read verifies the checksum. @throws AppError UNAVAILABLE, not retriable, that says what to do; its cause has
 * the key
 */
export class CheckedDb {
  private readonly seed: number

  constructor(
    readonly name: string,
    private readonly db: Database<Buffer, Buffer>,
  ) {
    this.seed = crc32(name)
  }

  get(key: Buffer): Buffer | undefined {
    const stored = this.db.getBinary(key)
    return stored && this.open(key, stored)
  }

  /** As get, but the returned buffer is overwritten by the next read of this environment. */
  getFast(key: Buffer): Buffer | undefined {
    const stored = this.db.getBinaryFast(key)
    return stored && this.open(key, stored)
  }

  /** Inside a transaction of the writer. */
  put(key: Buffer, value: Uint8Array): void {
    const stored = Buffer.allocUnsafe(value.length + checksumBytes)
    stored.set(value)
    stored.writeUInt32LE(this.sum(key, value), value.length)
    void this.db.put(key, stored)
  }

  /** Inside a transaction of the writer. */
  remove(key: Buffer): void {
    void this.db.remove(key)
  }

  *range(options: RangeOptions): Generator<CheckedEntry> {
    for (const { key, value } of this.db.getRange(options)) yield { key, value: this.open(key, value) }
  }

  /** As range, but a damaged entry is returned with `value: undefined` instead of an error. */
  *rangeWithDamage(options: RangeOptions): Generator<{ readonly key: Buffer; readonly value: Buffer | undefined }> {
    for (const { key, value } of this.db.getRange(options)) {
      yield { key, value: this.isIntact(key, value) ? contentOf(value) : undefined }
    }
  }

  /** Keys alone: nothing is verified. */
  keys(options: RangeOptions): Iterable<Buffer> {
    return this.db.getKeys(options)
  }

  count(): number {
    return this.stats().entryCount
  }

  stats(): TreeStats {
    return this.db.getStats() as TreeStats
  }

  private open(key: Buffer, stored: Buffer): Buffer {
    if (this.isIntact(key, stored)) return contentOf(stored)
    // The key may contain a user id, so clients do not see it.
    const cause = new Error(`key ${key.toString('hex').slice(0, 80)}`)
    throw damaged(`an entry of ${this.name} does not match its checksum`, cause)
  }

  private isIntact(key: Buffer, stored: Buffer): boolean {
    const bytes = stored.length - checksumBytes
    return bytes >= 0 && stored.readUInt32LE(bytes) === this.sum(key, stored.subarray(0, bytes))
  }

  private sum(key: Buffer, value: Uint8Array): number {
    return crc32(value, crc32(key, this.seed))
  }
}

/** Bytes of an entry in addition to its value. */
export const checksumBytes = 4

export interface CheckedEntry {
  readonly key: Buffer
  readonly value: Buffer
}

export interface TreeStats {
  readonly pageSize: number
  readonly entryCount: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}

/** @param what the damage found, as a clause */
export function damaged(what: string, cause?: unknown): AppError {
  return new AppError('UNAVAILABLE', {
    message: `The data folder is damaged: ${what}. ${remedy}`,
    retriable: false,
    cause,
  })
}

const remedy =
  'Stop the program. Then restore a backup into an empty folder (npm run restore), or copy what is intact into an empty folder (npm run salvage).'

const contentOf = (stored: Buffer): Buffer => stored.subarray(0, stored.length - checksumBytes)
