import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { CheckedDb, checksumBytes } from './checked-db.ts'
import { makePrivateFile, makePrivateFolder } from './private-files.ts'

/**
 * One LMDB environment holds the log and the tables, so that one commit and one fsync carry appends and rows.
 * A commit is synced before it shows: nothing is ever read that a power failure could take back.
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
  /** table, partition and cluster → at, kind, expiry, value */
  readonly rows: CheckedDb
  /** table and partition → at of the newest erasure */
  readonly erasures: CheckedDb
  /** when, then the key of a row that is to vanish */
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
 * A value that takes several pages needs them side by side, and LMDB searches its free list for such a run: with random
 * updates that search came to take ten times as long as the write. So a page holds the usual rows (user states of 5 kB) and
 * a chunk of the log whole.
 */
const pageBytes = 8192
/** What fits into one page beside its header and checksum. */
export const onePageBytesMax = pageBytes - 16 - checksumBytes

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

export interface EnvironmentOptions {
  readonly dir: string
  /** Maximum size of the file. Only address space is reserved. */
  readonly mapBytes?: number
  /** For programs that verify or copy. Default false. */
  readonly readOnly?: boolean
}

/** Frees the slots of readers whose process has died. @returns how many were freed */
export const freeDeadReaders = ({ root }: Environment): number => root.readerCheck()

/** Read transactions that may be open at a time: one a thread. */
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
    // Plain LMDB commits: the writer has a thread of its own and waits for the disk there.
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
