import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dist } from '../program.ts'

const runsMax = 10
const checkpoints = '.cache/import'

/** `npm run import` as a process. Killed, it is started again and goes on where the server confirms it. */
export class Importing {
  /** Rejects where it ends with an error, a bad row among them. */
  readonly done: Promise<void>
  ended = false
  private readonly args: readonly string[]
  private running: ChildProcess | undefined

  /** @param dir where it keeps its place in the file, and its words: import.log */
  constructor(
    private readonly dir: string,
    args: readonly string[],
  ) {
    this.args = [...args, '--strict']
    this.done = this.toTheEnd().finally(() => {
      this.ended = true
    })
  }

  kill(): void {
    this.running?.kill('SIGKILL')
  }

  /** Rows that the server has confirmed; undefined before the first and after the last. */
  rowsDone(): number | undefined {
    try {
      const [file] = readdirSync(join(this.dir, checkpoints)).filter((name) => name.endsWith('.json'))
      return (JSON.parse(readFileSync(join(this.dir, checkpoints, file!), 'utf8')) as { rows: number }).rows
    } catch {
      return undefined
    }
  }

  private async toTheEnd(): Promise<void> {
    for (let runs = 0; ; runs++) {
      const code = await this.run()
      if (code === 0) return
      if (code !== null || runs > runsMax) throw new Error(`an import ended with code ${code}: see import.log`)
    }
  }

  private run(): Promise<number | null> {
    const log = openSync(join(this.dir, 'import.log'), 'a')
    const main = fileURLToPath(new URL('tools/import/main.js', dist))
    const child = fork(main, this.args, {
      cwd: this.dir,
      execArgv: [],
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    })
    closeSync(log)
    this.running = child
    const end = () => child.kill('SIGKILL')
    process.on('exit', end)
    return new Promise((resolve) => {
      child.once('exit', (code) => {
        process.off('exit', end)
        resolve(code)
      })
    })
  }
}
