import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How far the clock of each process is off. */
export class Skews {
  constructor(private readonly dir: string) {}

  /** What skewed-clock.ts reads. */
  fileOf(process: string): string {
    return join(this.dir, `${process}.skew`)
  }

  set(process: string, ms: number): void {
    writeFileSync(this.fileOf(process), String(ms))
  }
}
