import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../platform/logger.ts'

const backOffMs = { first: 500, max: 15_000 }
/** A child that lived so long has earned a fresh start. */
const healthyMs = 30_000

interface Options {
  readonly name: string
  readonly module: URL
  readonly env: NodeJS.ProcessEnv
  readonly logger: Logger
}

export interface Supervised {
  readonly name: string
  /** The pid as it is now. */
  pid(): number | undefined
  /** What the first child that got so far had to say. */
  readonly firstMessage: Promise<unknown>
  /** Asks it to end and waits until it has; a second signal ends it at once. */
  stop(): Promise<void>
}

/** Keeps a child process running: one that ends by itself is restarted, at first at once, then with growing delays. */
export function supervise({ name, module, env, logger }: Options): Supervised {
  let child: ChildProcess
  let stopping = false
  let pauseMs = backOffMs.first
  let timer: NodeJS.Timeout | undefined
  let hear: (message: unknown) => void
  const firstMessage = new Promise<unknown>((resolve) => (hear = resolve))

  const start = () => {
    const startedAt = performance.now()
    // detached: a Ctrl-C of the terminal reaches this process alone, which then stops its children in order.
    child = fork(fileURLToPath(module), { env, stdio: 'inherit', detached: true })
    child.on('message', (message) => hear(message))
    child.on('error', (error) => logger.error({ err: error, child: name }, 'a child process could not be started'))
    child.on('exit', (code, signal) => {
      if (stopping) return
      if (performance.now() - startedAt > healthyMs) pauseMs = backOffMs.first
      logger.error(
        { child: name, code, signal, againInMs: pauseMs },
        'a child process ended unexpectedly; restarting it',
      )
      timer = setTimeout(start, pauseMs)
      pauseMs = Math.min(pauseMs * 2, backOffMs.max)
    })
  }
  start()
  // Whatever ends this process: no child is left behind.
  process.on('exit', () => child.kill('SIGKILL'))

  return {
    name,
    pid: () => child.pid,
    firstMessage,
    async stop() {
      stopping = true
      clearTimeout(timer)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      await exited
    },
  }
}
