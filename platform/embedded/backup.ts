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
 * Copies the folder's data while it is in use, as of one moment, without the room that is free inside.
 *
 * @param to a folder; it is made when missing, and must not hold a `data.mdb` yet.
 */
export async function backupEmbedded(dir: string, to: string): Promise<void> {
  if (!existsSync(dataFile(dir))) {
    throw new AppError('NOT_FOUND', { message: `${dir} holds no data to back up: there is no ${dataFile(dir)}` })
  }
  const env = openEnvironment({ dir })
  try {
    await backupEnvironment(env, to)
  } finally {
    await env.root.close()
  }
}

/**
 * Puts a copy into a folder that holds no data. Groups resume from the offsets in the copy. What was written
 * after it is lost: clients must send it again although it was acknowledged. The restored data begins a timeline, so
 * that revisions and tokens of what is lost are recognized. The `coordination-*` and `*-lock` files beside the data hold
 * nothing that outlives the program.
 *
 * @param from what backupEmbedded has made
 */
export async function restoreEmbedded(from: string, dir: string, clock: Clock = systemClock): Promise<void> {
  if (!existsSync(dataFile(from))) {
    throw new AppError('NOT_FOUND', { message: `${from} holds no copy: there is no ${dataFile(from)}` })
  }
  if (existsSync(dataFile(dir))) {
    const message = `${dataFile(dir)} exists: stop the program and move it away first, nothing is written over it`
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
    throw new AppError('BAD_USER_INPUT', { message: `${target} exists already: a copy is never written over another` })
  }
  makePrivateFolder(to)
  // Under another name until it is whole, so that a copy that broke off is never taken for one.
  const partial = join(to, 'data.partial.mdb')
  await rm(partial, { force: true })
  await env.root.backup(partial, true)
  await rename(partial, target)
  makePrivateFile(target)
}

export interface EmbeddedStats {
  /** What the data file takes on the disk, free pages included: they are used again. */
  readonly fileBytes: number
  readonly usedBytes: number
  readonly diskFreeBytes: number
  /** Rows of the tables, removed ones that are still remembered included. */
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
