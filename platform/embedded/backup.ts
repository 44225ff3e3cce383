import { existsSync, statSync } from 'node:fs'
import { copyFile, open, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../schema/app-error.ts'
import { tables } from '../../schema/tables.ts'
import { type Clock, systemClock } from '../ports/clock.ts'
import { timelineOfRestore } from '../timeline.ts'
import type { CheckedDb } from './checked-db.ts'
import { databasesOf, dataFile, type Environment, openEnvironment } from './environment.ts'
import { afterPrefix, parseRowKey, rowKey, tablePrefix } from './keys.ts'
import { makePrivateFile, makePrivateFolder } from './private-files.ts'
import { encodeRow, rowKind, rowValue } from './write-commands.ts'

/**
 * Copies the data of a folder while it is in use: a consistent snapshot without free pages.
 *
 * @param to a folder; it is created if missing, and must not contain a `data.mdb` yet
 * @throws AppError NOT_FOUND if `dir` has no data, BAD_USER_INPUT if `to` has
 */
export async function backupEmbedded(dir: string, to: string): Promise<void> {
  if (!existsSync(dataFile(dir))) {
    throw new AppError('NOT_FOUND', { message: `${dir}: expected a data folder, found no ${dataFile(dir)}` })
  }
  const env = openEnvironment({ dir })
  try {
    await backupEnvironment(env, to)
  } finally {
    await env.root.close()
  }
}

/**
 * Restores a backup into a folder without data. Groups resume from the offsets in the backup. Events after the backup
 * are lost: clients must send them again although they were acknowledged. The restored data begins a timeline, so
 * that revisions and tokens of lost events are recognized. The `coordination-*` and `*-lock` files are not part of a
 * backup: they are only used while the program runs.
 *
 * @param from a folder that backupEmbedded has written
 * @throws AppError NOT_FOUND if `from` has no backup, BAD_USER_INPUT if `dir` has data
 */
export async function restoreEmbedded(from: string, dir: string, clock: Clock = systemClock): Promise<void> {
  if (!existsSync(dataFile(from))) {
    throw new AppError('NOT_FOUND', { message: `${from}: expected a backup, found no ${dataFile(from)}` })
  }
  if (existsSync(dataFile(dir))) {
    const message = `${dataFile(dir)} exists and is not overwritten: stop the program and move the file first`
    throw new AppError('BAD_USER_INPUT', { message })
  }
  makePrivateFolder(dir)
  // In a folder of its own until it is whole, so that a restore that broke off is never taken for one.
  const partial = join(dir, 'restoring')
  await rm(partial, { recursive: true, force: true })
  makePrivateFolder(partial)
  await copyFile(dataFile(from), dataFile(partial))
  await beginTimelineIn(partial, clock)
  const file = await open(dataFile(partial), 'r+')
  await file.sync()
  await file.close()
  await rename(dataFile(partial), dataFile(dir))
  await rm(partial, { recursive: true, force: true })
  makePrivateFile(dataFile(dir))
}

async function beginTimelineIn(dir: string, clock: Clock): Promise<void> {
  const env = openEnvironment({ dir })
  try {
    const prefix = tablePrefix(tables.settings)
    const settings = [...env.rows.range({ start: prefix, end: afterPrefix(prefix) })]
    const rows = settings.map(({ key, value }) => ({ ...parseRowKey(key), value: rowValue(value) }))
    const { partition, value, writeTimestamp } = timelineOfRestore(rows, clock.now())
    const row = encodeRow({ writeTimestamp, kind: rowKind.live, vanishesAt: 0, value: value! })
    env.root.transactionSync(() => env.rows.put(rowKey(tables.settings, partition, undefined), row))
  } finally {
    await env.root.close()
  }
}

export async function backupEnvironment(env: Environment, to: string): Promise<void> {
  const target = dataFile(to)
  if (existsSync(target)) {
    throw new AppError('BAD_USER_INPUT', { message: `${target} exists and is not overwritten: choose another folder` })
  }
  makePrivateFolder(to)
  // Renamed when complete, so that an interrupted copy is never mistaken for a backup.
  const partial = join(to, 'data.partial.mdb')
  await rm(partial, { force: true })
  await env.root.backup(partial, true)
  await rename(partial, target)
  makePrivateFile(target)
}

export interface EmbeddedStats {
  /** Size of the data file, with free pages, which are reused. */
  readonly fileBytes: number
  readonly usedBytes: number
  readonly diskFreeBytes: number
  /** Rows of the tables, with tombstones. */
  readonly storeRows: number
}

export async function statsOf(env: Environment, dir: string): Promise<EmbeddedStats> {
  env.root.resetReadTxn()
  const { bavail, bsize } = await statfs(dir)
  return {
    fileBytes: statSync(dataFile(dir)).size,
    usedBytes: databasesOf(env)
      .map(usedBytesOf)
      .reduce((sum, bytes) => sum + bytes),
    diskFreeBytes: bavail * bsize,
    storeRows: env.rows.count(),
  }
}

function usedBytesOf(db: CheckedDb): number {
  const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = db.stats()
  return (treeBranchPageCount + treeLeafPageCount + overflowPages) * pageSize
}
