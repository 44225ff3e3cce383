import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'

/**
 * One LMDB environment holds the log and the tables, so that one commit and one fsync carry whatever came together.
 * A commit is synced before it shows: nothing is ever read that a power failure could take back.
 */
export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>
  /** name → JSON of a TopicSpec with its id */
  readonly topics: BytesDb
  /** topic and partition → the next offset */
  readonly ends: BytesDb
  /** topic, partition and last offset → chunk */
  readonly log: BytesDb
  /** group, topic and partition → the first offset not committed */
  readonly offsets: BytesDb
  /** topic and partition → how far compaction has come */
  readonly compaction: BytesDb
  /** table, partition and cluster → at, kind, expiry, value */
  readonly rows: BytesDb
  /** table and partition → at of the newest erasure */
  readonly erasures: BytesDb
  /** when, then the key of a row that is to vanish */
  readonly purge: BytesDb
}

export type BytesDb = Database<Buffer, Buffer>

export const dataFile = (dir: string): string => join(dir, 'data.mdb')

/**
 * A value that takes several pages needs them side by side, and LMDB searches its free list for such a run: with random
 * updates that search came to take ten times as long as the write. So a page holds the usual rows (user states of 5 kB) and
 * a chunk of the log whole.
 */
const pageBytes = 8192
/** What fits into one page beside its header. */
export const onePageBytesMax = pageBytes - 16

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

export interface EnvironmentOptions {
  readonly dir: string
  /** The most the file may ever hold. Only address space is taken. */
  readonly mapBytes?: number
}

export function openEnvironment({ dir, mapBytes = 2 ** 40 }: EnvironmentOptions): Environment {
  mkdirSync(dir, { recursive: true })
  const root = open<Buffer, Buffer>({
    path: dataFile(realpathSync(dir)),
    ...binary,
    maxDbs: 16,
    maxReaders: 512,
    mapSize: mapBytes,
    pageSize: pageBytes,
    // Plain LMDB commits: the writer has a thread of its own and waits for the disk there.
    overlappingSync: false,
  })
  const db = (name: string): BytesDb => root.openDB<Buffer, Buffer>(name, binary)
  return {
    root,
    topics: db('topics'),
    ends: db('ends'),
    log: db('log'),
    offsets: db('offsets'),
    compaction: db('compaction'),
    rows: db('rows'),
    erasures: db('erasures'),
    purge: db('purge'),
  }
}
