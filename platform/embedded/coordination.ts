import { readdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open } from 'lmdb'
import { AppError } from '../../schema/app-error.ts'
import type { Clock } from '../ports/clock.ts'
import { makePrivateFile, makePrivateFolder } from './private-files.ts'
import { bootId, isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/**
 * State that the threads and processes of one folder share while they run: which process holds the folder, and the
 * members of each group. It is not needed after a reboot, so it is never synced, and its file is named after the
 * boot.
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
  makePrivateFolder(dir)
  const path = join(realpathSync(dir), `${prefix}${bootId()?.slice(0, 8) ?? 'here'}.mdb`)
  const db: Database<unknown, string> = open<unknown, string>({
    path,
    encoding: 'json',
    noSync: true,
    maxReaders: 512,
    mapSize: 64 * 1024 * 1024,
  })
  makePrivateFile(path)
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
const beatMs = 1_000
/**
 * A holder on another host, whose process cannot be looked up from here, is dead when its counter stops for this
 * time.
 */
const silenceMs = 3_500

interface Holder extends ProcessIdentity {
  /** Incremented while the holder runs. */
  readonly beat: number
}

/**
 * Locks the folder for this process. The lock of a process that has died is void: on this host that is detected at
 * once, by pid and start time; on another host (a container with the same volume) by a counter that has stopped. The
 * decision is made inside a transaction, so if two processes start at once, one wins.
 * @throws AppError UNAVAILABLE, not retriable, that names the process that holds the folder
 */
export async function lockFolder(coordination: Coordination, dir: string, clock: Clock): Promise<FolderLock> {
  const own = ownIdentity()
  const found = tryLock(coordination, dir, own, undefined)
  if (found !== undefined) {
    await clock.sleep(silenceMs)
    tryLock(coordination, dir, own, found)
  }
  removeOlderBoots(dir)
  const beating = setInterval(() => beat(coordination, own), beatMs)
  beating.unref()
  return {
    release: () => {
      clearInterval(beating)
      coordination.transact((rows) => {
        if (isSame(rows.get<Holder>(holderKey), own)) rows.remove(holderKey)
      })
    },
  }
}

export interface FolderLock {
  release(): void
}

/** @returns undefined when the lock is taken; else the holder on another host, whose counter must be observed first */
function tryLock(
  coordination: Coordination,
  dir: string,
  own: ProcessIdentity,
  silent: Holder | undefined,
): Holder | undefined {
  return coordination.transact((rows) => {
    const holder = rows.get<Holder>(holderKey)
    const isElsewhere = holder !== undefined && holder.host !== own.host
    if (isElsewhere && silent === undefined) return holder
    const hasMoved = isElsewhere && (!isSame(holder, silent) || holder.beat !== silent?.beat)
    if (holder !== undefined && (isElsewhere ? hasMoved : isRunning(holder))) throw inUse(dir, holder)
    rows.put(holderKey, { ...own, beat: 0 } satisfies Holder)
    return undefined
  })
}

function beat(coordination: Coordination, own: ProcessIdentity) {
  coordination.transact((rows) => {
    const holder = rows.get<Holder>(holderKey)
    if (holder !== undefined && isSame(holder, own)) rows.put(holderKey, { ...holder, beat: holder.beat + 1 })
  })
}

const isSame = (a: ProcessIdentity | undefined, b: ProcessIdentity | undefined): boolean =>
  a?.pid === b?.pid && a?.startedAt === b?.startedAt && a?.host === b?.host

function inUse(dir: string, { pid, host }: ProcessIdentity): AppError {
  return new AppError('UNAVAILABLE', {
    message: `${dir} is in use by the process with pid ${pid} on ${host}: stop that process first, or choose another folder`,
    retriable: false,
    details: { dir, pid, host },
  })
}

function removeOlderBoots(dir: string) {
  const current = bootId()?.slice(0, 8)
  if (current === undefined) return
  for (const name of readdirSync(dir)) {
    if (name.startsWith(prefix) && !name.startsWith(prefix + current)) rmSync(join(dir, name), { force: true })
  }
}
