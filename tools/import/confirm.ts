import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'

/** Minimum size of files that are checked before their first import. */
export const largeBytes = 1024 * 1024

/**
 * Whether an import starts with a dry run and asks for confirmation: on a terminal, for a large file not checked
 * before.
 */
export const asksFirst = (at: {
  readonly terminal: boolean
  readonly bytes: number
  readonly yes: boolean
  readonly checkedBefore: boolean
}): boolean => at.terminal && !at.yes && at.bytes >= largeBytes && !at.checkedBefore

/**
 * Records on disk that a file was checked with these options; a change of the file or the options makes it unchecked.
 */
export class CheckedFile {
  private readonly path: string

  /** @param checkpoint path of the checkpoint of the import */
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

/** Asks on the terminal. @returns whether the answer begins with y */
export async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y/i.test(await terminal.question(question))
  } finally {
    terminal.close()
  }
}
