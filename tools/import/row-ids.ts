import { createHash } from 'node:crypto'

const shardCount = 64

/**
 * An event id for each row, made from what is in it: the same row of the same file has the same id in every run, and rows
 * that are alike are told apart by counting them. So a file can be sent again and each of its rows still counts once.
 */
export class RowIds {
  /** How often a content was seen; sharded, since one Map holds 16 million at most. */
  private readonly seen = Array.from({ length: shardCount }, () => new Map<number, number>())

  next(cells: Readonly<Record<string, string>>): string {
    const digest = createHash('sha256')
      .update(JSON.stringify(Object.values(cells)))
      .digest()
    const shard = this.seen[digest[31]! % shardCount]!
    const key = digest.readUIntBE(16, 6)
    const times = (shard.get(key) ?? 0) + 1
    shard.set(key, times)
    const id = digest.toString('base64url', 0, 15)
    return times === 1 ? id : `${id}.${times}`
  }
}
