import { existsSync } from 'node:fs'
import { AppError } from '../../schema/app-error.ts'
import { databasesOf, dataFile, openEnvironment } from './environment.ts'
import { SalvageCopier } from './salvage-copier.ts'
import { describeEntry, restoreEnds, topicsOf } from './salvaged.ts'

export interface SalvageReport {
  /** Entries copied, by database. */
  readonly copied: Readonly<Record<string, number>>
  /** Descriptions of entries that were found but do not match their checksum. Not copied. */
  readonly damaged: readonly string[]
  /** Entries that a damaged page hides, by database. */
  readonly unreachable: Readonly<Record<string, number>>
  /** Descriptions of partitions whose end was not readable. */
  readonly movedEnds: readonly string[]
}

/**
 * Copies all intact entries of a damaged folder into an empty one, and reports the others.
 *
 * @param from the folder of a program that is stopped
 * @param to a folder without data; it is created if missing
 * @throws AppError NOT_FOUND if `from` has no data, BAD_USER_INPUT if `to` has
 */
export async function salvageFolder(from: string, to: string): Promise<SalvageReport> {
  if (!existsSync(dataFile(from))) {
    throw new AppError('NOT_FOUND', { message: `${from}: expected a data folder, found no ${dataFile(from)}` })
  }
  if (existsSync(dataFile(to))) {
    const message = `${dataFile(to)} exists and is not overwritten: choose a folder without data`
    throw new AppError('BAD_USER_INPUT', { message })
  }
  const target = openEnvironment({ dir: to })
  const copier = new SalvageCopier(from, to)
  try {
    const copied: Record<string, number> = {}
    const unreachable: Record<string, number> = {}
    const damaged: (readonly [string, Buffer])[] = []
    for (const db of databasesOf(target)) {
      const keys = await copier.copy(db.name)
      const known = await copier.count(db.name)
      for (const key of keys) damaged.push([db.name, key])
      target.root.resetReadTxn()
      copied[db.name] = db.count()
      const hidden = known - db.count() - keys.length
      if (hidden > 0) unreachable[db.name] = hidden
    }
    const topics = topicsOf(target)
    return {
      copied,
      damaged: damaged.map(([db, key]) => describeEntry(db, key, topics)),
      unreachable,
      movedEnds: restoreEnds(target, topics),
    }
  } finally {
    copier.stop()
    await target.root.close()
  }
}
