import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs'
import { AppError } from '../../schema/app-error.ts'

/** The folder contains the history of every visitor: only the user of the process may read it. */
const folderMode = 0o700
const fileMode = 0o600

/** Creates the folder if it is missing, and removes the access rights of other users if this user may do so. */
export function makePrivateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: folderMode })
  restrict(dir, folderMode)
}

/**
 * Creates the folder if it is missing.
 * @throws AppError UNAVAILABLE, not retriable, that names the folder, if this process may not write in it
 */
export function makeWritableFolder(dir: string): void {
  try {
    makePrivateFolder(dir)
    accessSync(dir, constants.W_OK | constants.X_OK)
  } catch (error) {
    const message = `PICKSTREAM_DATA_DIR: expected a folder that this process may write, got ${dir}`
    throw new AppError('UNAVAILABLE', { message, retriable: false, cause: error })
  }
}

/** Restricts an LMDB file and its lock file to this user. */
export function makePrivateFile(path: string): void {
  for (const each of [path, `${path}-lock`]) if (existsSync(each)) restrict(each, fileMode)
}

function restrict(path: string, mode: number): void {
  try {
    chmodSync(path, mode)
  } catch (error) {
    // A mounted volume may belong to another user: its rights are then the operator's decision.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM' && (error as NodeJS.ErrnoException).code !== 'EROFS')
      throw error
  }
}
