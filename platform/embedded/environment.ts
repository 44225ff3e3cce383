import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { CheckedDb, checksumBytes } from './checked-db.ts'
import { makePrivateFile, makePrivateFolder } from './private-files.ts'

/**
 * One LMDB environment holds the log and the tables, so that appends and rows share one commit and one fsync. A
 * commit is synced before it is visible: data that a power failure could lose is never read.
 */
export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>
  /** name → JSON of a TopicSpec with its id */
  readonly topics: CheckedDb
  /** topic and partition → the next offset */
  readonly ends: CheckedDb
  /** topic, partition and last offset → chunk */
  readonly log: CheckedDb
  /** group, topic and partition → the first offset not committed */
  readonly offsets: CheckedDb
  /** topic and partition → offset up to which it is compacted */
  readonly compaction: CheckedDb
  /** table, partition and cluster → write timestamp, kind, expiry, value */
  readonly rows: CheckedDb
  /** table and partition → timestamp of the newest erasure */
  readonly erasures: CheckedDb
  /** expiry, then the key of a row or erasure to remove → kind */
  readonly purge: CheckedDb
}

/** All databases of an environment. */
export const databasesOf = (env: Environment): readonly CheckedDb[] => [
  env.topics,
  env.ends,
  env.log,
  env.offsets,
  env.compaction,
  env.rows,
  env.erasures,
  env.purge,
]

export const dataFile = (dir: string): string => join(dir, 'data.mdb')

/**
 * A value that takes several pages needs contiguous ones, and LMDB searches its free list for such a run: with random
 * updates, that search took ten times as long as the write. So one page holds a usual row (a user state of 5 kB) or a
 * chunk of the log.
 */
const pageBytes = 8192
/** Bytes of a page without its header and the checksum. */
export const onePageBytesMax = pageBytes - 16 - checksumBytes

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

export interface EnvironmentOptions {
  readonly dir: string
  /** Maximum size of the file. Only address space is reserved. */
  readonly mapBytes?: number
  /** For programs that verify or copy. Default: false. */
  readonly readOnly?: boolean
}

/** Frees the slots of readers whose process has died. @returns how many were freed */
export const freeDeadReaders = ({ root }: Environment): number => root.readerCheck()

/** Maximum open read transactions: one per thread. */
const maxReaders = 512

export function openEnvironment({ dir, mapBytes = 2 ** 40, readOnly = false }: EnvironmentOptions): Environment {
  makePrivateFolder(dir)
  const path = dataFile(realpathSync(dir))
  const root = open<Buffer, Buffer>({
    path,
    ...binary,
    maxDbs: 16,
    maxReaders,
    readOnly,
    mapSize: mapBytes,
    pageSize: pageBytes,
    // Synchronous commits: the writer is a separate thread and waits for the disk there.
    overlappingSync: false,
  })
  if (!readOnly) makePrivateFile(path)
  const db = (name: string) => new CheckedDb(name, root.openDB<Buffer, Buffer>(name, binary))
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
