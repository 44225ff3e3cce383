import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import type { ProgressBar } from '../lib/progress-bar.ts'

const shownMax = 20
const folder = '.cache/import'
const file = `${folder}/bad-rows.txt`

/** Reports the rows that were skipped, with line and reason: the first 20 on the terminal, all of them in a file. */
export class BadRows {
  count = 0

  constructor(private readonly bar: Pick<ProgressBar, 'print'>) {}

  add(source: string, line: number, reason: string): void {
    const text = `${source} line ${line}: ${reason}`
    if (this.count++ === 0) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, '')
    }
    appendFileSync(file, `${text}\n`)
    if (this.count <= shownMax) this.bar.print(text)
    if (this.count === shownMax + 1) this.bar.print(`further bad rows are listed in ${file}`)
  }

  summary(): void {
    if (this.count > 0) console.log(`${this.count} bad rows were skipped; all are listed in ${file}`)
  }
}
