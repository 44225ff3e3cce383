import { type Stats, statSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { AppError } from '../../schema/app-error.ts'
import { dataFile } from './environment.ts'

export interface DiskGuardOptions {
  readonly dir: string
  /** Writes are refused while the disk has less room than this, in bytes. */
  readonly freeBytesMin: number
}

/** How long one check of the disk is valid. */
const checkMs = 250

/**
 * Checks whether the folder can take a write: the disk has room, and the data file is still the one this process has
 * open. A file that was removed or replaced still takes writes through the open handle, and all of them are lost when
 * the process ends: so nothing may be acknowledged any more.
 */
export class DiskGuard {
  private readonly opened: Stats
  private checkedAt = Number.NEGATIVE_INFINITY
  private lastRefusal: AppError | undefined

  /** The environment of the folder must be open. */
  constructor(private readonly options: DiskGuardOptions) {
    this.opened = statSync(dataFile(options.dir))
  }

  /** @returns why nothing can be written now, or undefined. At most 250 ms old. */
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
      `the data file ${what} while the program is running: nothing is accepted; restart the program`,
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
    return unavailable('the disk is full', `${dir}: ${free} bytes are left, ${freeBytesMin} are kept free`)
  }
}

/** @param reason with the path, which clients do not see */
const unavailable = (message: string, reason: string) =>
  new AppError('UNAVAILABLE', { message, retriable: true, cause: new Error(reason) })
