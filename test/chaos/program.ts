import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface Options {
  readonly name: string
  /** Below dist/, for example `server/main.js`. */
  readonly path: string
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** Told of an end that nobody asked for. */
  readonly onEnded?: (what: string) => void
}

const fromSource = import.meta.url.endsWith('.ts')
/** Where the build is. */
export const dist = new URL(fromSource ? '../../dist/' : '../../', import.meta.url)
const skewedClock = new URL('test/chaos/skewed-clock.js', dist).href
const againMs = 300
const graceMsMax = 20_000
const wordsMax = 2_000
const readyMsMax = 300_000

const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL') // a stopped one would hear nothing else
})

/** A built program of this repository as a process of its own, started again when it ends by itself, as a supervisor does. */
export class Program {
  readonly name: string
  private child: ChildProcess | undefined
  private wanted = false

  constructor(private readonly options: Options) {
    this.name = options.name
  }

  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Resolves with its first message: it is ready. Started again where it ends before. */
  async start(): Promise<unknown> {
    this.wanted = true
    const deadline = performance.now() + readyMsMax
    for (;;) {
      const ready = await this.launch()
      if (ready !== undefined || !this.wanted) return ready
      if (performance.now() > deadline) throw new Error(`${this.name} does not start: ${this.lastWords()}`)
      await pause(againMs)
    }
  }

  /** Starts it and does not wait. */
  startSoon(): void {
    this.start().catch(() => {}) // the checks that follow see that it is not there
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.wanted = false
    await this.end('SIGKILL')
  }

  /** In order, and by force when that takes too long. */
  async stop(): Promise<void> {
    this.wanted = false
    const child = this.child
    const overdue = setTimeout(() => child?.kill('SIGKILL'), graceMsMax)
    child?.kill('SIGCONT')
    await this.end('SIGTERM')
    clearTimeout(overdue)
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal)
  }

  private lastWords(): string {
    return readFileSync(this.options.logFile, 'utf8').slice(-wordsMax)
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /** @returns its first message, undefined where it ended before. */
  private launch(): Promise<unknown> {
    const { path, args = [], env, logFile, name, onEnded } = this.options
    const log = openSync(logFile, 'a')
    const child = fork(fileURLToPath(new URL(path, dist)), args, {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      execArgv: ['--import', skewedClock],
      stdio: ['ignore', log, log, 'ipc'],
      detached: true, // a Ctrl-C reaches this process alone, which ends its children
    })
    closeSync(log)
    this.child = child
    alive.add(child)
    const ready = new Promise<unknown>((resolve) => {
      child.once('message', resolve)
      child.once('error', () => resolve(undefined))
      child.once('exit', () => resolve(undefined))
    })
    child.once('exit', (code, signal) => {
      alive.delete(child)
      if (!this.wanted || this.child !== child) return
      onEnded?.(`${name} ended by itself (${signal ?? `code ${code}`})`)
      // While it starts, start() itself tries again.
      void ready.then((message) => message !== undefined && setTimeout(() => this.wanted && this.startSoon(), againMs))
    })
    return ready
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
