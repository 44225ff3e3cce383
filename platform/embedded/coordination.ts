import { mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open } from 'lmdb'
import { AppError } from '../../schema/app-error.ts'
import { bootId, isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/**
 * What the threads and processes of one folder agree upon while they live: who holds the folder, who is in which group.
 * Nothing in it outlives a reboot, so it is never synced, and its file is named after the boot.
 */
export interface Coordination {
  /** Reads and writes in one transaction of all threads and processes. */
  transact<T>(change: (rows: CoordinationRows) => T): T
  close(): Promise<void>
}

export interface CoordinationRows {
  get<T>(key: string): T | undefined
  put(key: string, value: unknown): void
  remove(key: string): void
}

const prefix = 'coordination-'

export function openCoordination(dir: string): Coordination {
  mkdirSync(dir, { recursive: true })
  const path = join(realpathSync(dir), `${prefix}${bootId()?.slice(0, 8) ?? 'here'}.mdb`)
  const db: Database<unknown, string> = open<unknown, string>({
    path,
    encoding: 'json',
    noSync: true,
    maxReaders: 512,
    mapSize: 64 * 1024 * 1024,
  })
  const rows: CoordinationRows = {
    get: <T>(key: string) => db.get(key) as T | undefined,
    put: (key, value) => db.putSync(key, value),
    remove: (key) => void db.removeSync(key),
  }
  return {
    transact: (change) => db.transactionSync(() => change(rows)),
    close: () => db.close(),
  }
}

const holderKey = 'holder'

/**
 * Takes the folder for this process, or throws an AppError that names the one that has it. A holder that has died, however
 * it died, holds nothing: the check is by pid and start time, inside a transaction, so of two that start at once one wins.
 */
export function lockFolder(coordination: Coordination, dir: string): { release(): void } {
  const own = ownIdentity()
  coordination.transact((rows) => {
    const holder = rows.get<ProcessIdentity>(holderKey)
    if (holder !== undefined && isRunning(holder)) throw inUse(dir, holder)
    rows.put(holderKey, own)
  })
  removeOlderBoots(dir)
  return {
    release: () =>
      coordination.transact((rows) => {
        if (rows.get<ProcessIdentity>(holderKey)?.pid === own.pid) rows.remove(holderKey)
      }),
  }
}

function inUse(dir: string, { pid }: ProcessIdentity): AppError {
  return new AppError('UNAVAILABLE', {
    message: `${dir} is in use by the process with pid ${pid}: stop that one first, or choose another folder`,
    retriable: false,
    details: { dir, pid },
  })
}

function removeOlderBoots(dir: string) {
  const current = bootId()?.slice(0, 8)
  if (current === undefined) return
  for (const name of readdirSync(dir)) {
    if (name.startsWith(prefix) && !name.startsWith(prefix + current)) rmSync(join(dir, name), { force: true })
  }
}
