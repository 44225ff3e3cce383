import { chmodSync, existsSync, mkdirSync } from 'node:fs'

/** What the folder holds is every visitor's history: only the user of the process may read it. */
const folderMode = 0o700
const fileMode = 0o600

/** Makes the folder where it is missing, and takes every right of others away where this user may do so. */
export function makePrivateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: folderMode })
  restrict(dir, folderMode)
}

/** For an LMDB file and the lock file beside it. */
export function makePrivateFile(path: string): void {
  for (const each of [path, `${path}-lock`]) if (existsSync(each)) restrict(each, fileMode)
}

function restrict(path: string, mode: number): void {
  try {
    chmodSync(path, mode)
  } catch (error) {
    // A mounted volume may belong to another user: what it allows is then the operator's decision.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM' && (error as NodeJS.ErrnoException).code !== 'EROFS')
      throw error
  }
}
