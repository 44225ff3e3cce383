import { type Stats, statSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { AppError } from '../../schema/app-error.ts'
import { dataFile } from './environment.ts'

export interface DiskGuardOptions {
  readonly dir: string
  /** Writes are rejected while the disk has less free space than this. */
  readonly freeBytesMin: number
}

/** How long one check of the disk is valid. */
const checkMs = 250

/**
 * Checks whether the folder accepts writes: the disk has free space, and the data file is the one that this process has
 * open. A file that was removed or replaced still accepts writes through the open handle, but they are lost when the
 * process ends, so no write may be acknowledged any more.
 */
export class DiskGuard {
  private readonly opened: Stats
  private checkedAt = Number.NEGATIVE_INFINITY
  private lastRefusal: AppError | undefined

  /** The environment of the folder must be open. */
  constructor(private readonly options: DiskGuardOptions) {
    this.opened = statSync(dataFile(options.dir))
  }

  /** @returns the error for writes at present, or undefined. At most 250 ms old. */
  async refusal(): Promise<AppError | undefined> {
    const now = performance.now()
    if (now - this.checkedAt > checkMs) {
      this.lastRefusal = (await this.missingFile()) ?? (await this.missingRoom())
      this.checkedAt = now
    }
    return this.lastRefusal
  }

  private async missingFile(): Promise<AppError | undefined> {
    const file = dataFile(this.options.dir)
    const found = await stat(file).catch(() => undefined)
    if (found !== undefined && found.ino === this.opened.ino && found.dev === this.opened.dev) return undefined
    const what = found === undefined ? 'was removed' : 'was replaced by another file'
    return unavailable(
      `the data file ${what} while the program is running: writes are rejected until the program is restarted`,
      file,
    )
  }

  private async missingRoom(): Promise<AppError | undefined> {
    const { dir, freeBytesMin } = this.options
    const free = await statfs(dir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => 0,
    )
    if (free >= freeBytesMin) return undefined
    return unavailable('the disk is full', `${dir}: expected at least ${freeBytesMin} free bytes, got ${free}`)
  }
}

/** @param reason with the path, which clients do not see */
const unavailable = (message: string, reason: string) =>
  new AppError('UNAVAILABLE', { message, retriable: true, cause: new Error(reason) })
