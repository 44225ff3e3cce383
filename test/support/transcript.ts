import { spawn } from 'node:child_process'
import { root } from './start-process.ts'

export interface Transcript {
  readonly command: string
  /** Patterns of the lines that the answer must have; undefined where the page shows no answer. */
  readonly answer: readonly RegExp[] | undefined
}

/** The `sh` blocks of a page, each with the `text` block that follows it. In an answer `…` stands for any text. */
export function transcriptsOf(page: string): Transcript[] {
  const blocks = [...page.matchAll(/```(sh|text|html)\n([\s\S]*?)```/g)].map(([, kind, body]) => ({
    kind,
    body: body!.trimEnd(),
  }))
  return blocks.flatMap(({ kind, body }, n) => {
    if (kind !== 'sh') return []
    const next = blocks[n + 1]
    return [{ command: body, answer: next?.kind === 'text' ? next.body.split('\n').map(patternOf) : undefined }]
  })
}

const patternOf = (line: string): RegExp =>
  new RegExp(
    line
      .split('…')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*'),
  )

/** Runs a command of a page in the repository's folder. */
export function runInShell(
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve({ code, output }))
  })
}
