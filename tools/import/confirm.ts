import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'

/** From this size on a file is checked before it is imported for the first time. */
export const largeBytes = 1024 * 1024

/** @returns whether an import begins with a dry run and a question: on a terminal, of a large file that was not checked yet */
export const asksFirst = (at: {
  readonly terminal: boolean
  readonly bytes: number
  readonly yes: boolean
  readonly checkedBefore: boolean
}): boolean => at.terminal && !at.yes && at.bytes >= largeBytes && !at.checkedBefore

/** Remembers that a file was checked with these options; a change of either makes it another one. */
export class CheckedFile {
  private readonly path: string

  /** @param checkpoint where the checkpoint of the import is kept */
  constructor(checkpoint: string) {
    this.path = `${checkpoint}.checked`
  }

  get before(): boolean {
    return existsSync(this.path)
  }

  remember(): void {
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(this.path, '')
  }
}

/** @returns whether the answer on the terminal begins with y */
export async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y/i.test(await terminal.question(question))
  } finally {
    terminal.close()
  }
}
