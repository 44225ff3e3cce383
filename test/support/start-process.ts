import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface StartedProcess {
  /** For example http://127.0.0.1:43210 */
  readonly address: string
  readonly url: string
  readonly pid: number
  /** All it has printed so far. */
  output(): string
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** As a power cut would. */
  kill(): Promise<void>
}

/** Settings of a shop without data, in which nothing runs that a test does not start. */
export const emptyShop = {
  PICKSTREAM_DEMO: 'off',
  PICKSTREAM_TRAIN_EVENTS: '0',
  PICKSTREAM_TRAIN_MINUTES: '0',
} as const

/** Runs the built one-process start on a free port; resolves once it serves. */
export async function startProcess(env: Record<string, string>): Promise<StartedProcess> {
  const { child, output, exited } = run(['dist/start/main.js'], { PICKSTREAM_PORT: '0', ...env })
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', () => {
      const found = /GraphQL +(http\S+)\/graphql/.exec(output())
      if (found && output().includes('Ctrl-C')) resolve(found[1]!)
    })
    void exited.then((code) => reject(new Error(`ended with code ${code}: ${output()}`)))
  })
  return {
    address,
    url: `${address}/graphql`,
    pid: child.pid!,
    output,
    async stop() {
      child.kill('SIGTERM')
      return exited
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs a script of the build to its end. */
export async function runToEnd(args: readonly string[], env: Record<string, string> = {}) {
  const { output, exited } = run(args, env)
  return { code: await exited, output: output() }
}

export interface Run {
  readonly child: ChildProcess
  output(): string
  readonly exited: Promise<number | null>
}

export function run(args: readonly string[], env: Record<string, string> = {}): Run {
  if (!existsSync(`${root}dist/start/main.js`)) throw new Error('nothing is built: npm run build')
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const take = (chunk: Buffer) => {
    text += chunk
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  return { child, output: () => text, exited }
}

/** Waits for something that another process brings about; the test's own time limit bounds it. */
export async function eventually<T>(look: () => T | Promise<T>, everyMs = 50): Promise<NonNullable<T>> {
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null && found !== false) return found as NonNullable<T>
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
