import { createHash } from 'node:crypto'

const shardCount = 64

/**
 * Event ids of rows without one: a hash of the cells, numbered where rows are equal. The same row of the same file has
 * the same id in every run, so a file can be imported again and each of its rows still counts once. A type that the
 * row does not state is part of the hash: a file of views and one of purchases may have equal rows.
 */
export class RowIds {
  /** Occurrences of each hash; sharded, since a Map has at most 16 million entries. */
  private readonly seen = Array.from({ length: shardCount }, () => new Map<number, number>())

  next(cells: Readonly<Record<string, string>>, type?: string): string {
    const digest = createHash('sha256')
      .update(JSON.stringify([...Object.values(cells), ...(type === undefined ? [] : [type])]))
      .digest()
    const shard = this.seen[digest[31]! % shardCount]!
    const key = digest.readUIntBE(16, 6)
    const times = (shard.get(key) ?? 0) + 1
    shard.set(key, times)
    const id = digest.toString('base64url', 0, 15)
    return times === 1 ? id : `${id}.${times}`
  }
}
