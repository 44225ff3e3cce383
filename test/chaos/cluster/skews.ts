import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How far the clock of each process is off. */
export class Skews {
  private readonly dir: string

  constructor(dir: string) {
    this.dir = dir
  }

  /** What skewed-clock.ts reads. */
  fileOf(process: string): string {
    return join(this.dir, `${process}.skew`)
  }

  set(process: string, ms: number): void {
    writeFileSync(this.fileOf(process), String(ms))
  }
}
