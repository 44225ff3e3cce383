import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Disk {
  readonly dir: string
  /** A disk of its own that can be filled: takes root to make (tmpfs). */
  readonly canBeFilled: boolean
  /** Leaves so many bytes free. */
  fill(bytesFree: number): void
  empty(): void
  close(): void
}

const sizeMb = 1_500

/** A small disk for the data; where none can be made the folder itself, and the disk is never full: that is said. */
export function openDisk(dir: string, say: (text: string) => void): Disk {
  const ballast = join(dir, 'ballast')
  const mounted = mount(dir)
  const close = () => {
    if (mounted) execFileSync('umount', ['--lazy', dir]) // whoever still has it open is about to end
    process.off('exit', close)
  }
  process.once('exit', close)
  if (!mounted) say('SKIPPED: a full disk. It takes root and a mount of tmpfs to make one.')
  return {
    dir,
    canBeFilled: mounted,
    fill(bytesFree) {
      const { bavail, bsize } = statfsSync(dir)
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytesFree)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error // the program wrote meanwhile: as full as can be
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    close,
  }
}

/** The disk that the folder is on. */
export const plainDisk = (dir: string): Disk => ({
  dir,
  canBeFilled: false,
  fill: () => {},
  empty: () => {},
  close: () => {},
})

function mount(dir: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', dir], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
