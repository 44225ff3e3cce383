import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../platform/logger.ts'

const backOffMs = { first: 500, max: 15_000 }
/** After a child has run for this time, its restart delay is the shortest again. */
const healthyMs = 30_000

interface Options {
  readonly name: string
  readonly module: URL
  readonly env: NodeJS.ProcessEnv
  readonly logger: Logger
}

export interface Supervised {
  readonly name: string
  /** The present pid. */
  pid(): number | undefined
  /** The first message that a child sends. */
  readonly firstMessage: Promise<unknown>
  /** Sends the child a signal to stop and waits until it has ended; a second signal ends it at once. */
  stop(): Promise<void>
}

/**
 * Keeps a child process running: one that ends unexpectedly is restarted, at first at once, then with growing delays.
 */
export function supervise({ name, module, env, logger }: Options): Supervised {
  let child: ChildProcess
  let stopping = false
  let pauseMs = backOffMs.first
  let timer: NodeJS.Timeout | undefined
  let hear: (message: unknown) => void
  const firstMessage = new Promise<unknown>((resolve) => (hear = resolve))

  const start = () => {
    const startedAt = performance.now()
    // detached: a Ctrl-C in the terminal reaches only this process, which then stops its children in order.
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
  // No child is left running, whatever ends this process.
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
