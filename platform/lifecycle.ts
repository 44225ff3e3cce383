import { messageOf } from '../schema/app-error.ts'
import type { Logger } from './logger.ts'

export interface Closable {
  readonly name: string
  close(): Promise<void>
}

const sameSignalMs = 1000

/**
 * The scripts of package.json that run until they are stopped. npm runs them in a shell, and a SIGTERM to npm ends that shell
 * alone: such a process has to notice by itself that its parent has gone.
 */
const npmScripts: readonly (string | undefined)[] = ['start', 'start:cluster', 'worker']
const parentAtStart = process.ppid
const parentPollMs = 250

/**
 * Resolves with what ended it: the first SIGINT or SIGTERM, the end of the parent where that is npm's shell or a supervisor, or
 * a part that ended by itself. A second signal ends the
 * process at once, except shortly after the first: npm hands on a Ctrl-C that the terminal has sent already.
 */
export function untilStopped(parts: Readonly<Record<string, Promise<unknown>>> = {}): Promise<StopReason> {
  return new Promise((resolve) => {
    let impatient = false
    const onSignal = (signal: NodeJS.Signals) => {
      if (impatient) process.exit(130)
      setTimeout(() => {
        impatient = true
      }, sameSignalMs).unref()
      resolve({ failed: false, message: signal })
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    // A supervised child does not outlive its supervisor, however that died.
    const orphaned = () => resolve({ failed: false, message: 'the process that started this one has gone' })
    if (process.connected === false) orphaned()
    process.once('disconnect', orphaned)
    if (npmScripts.includes(process.env.npm_lifecycle_event)) {
      setInterval(() => process.ppid !== parentAtStart && orphaned(), parentPollMs).unref()
    }
    for (const [name, ended] of Object.entries(parts)) {
      ended.then(
        () => resolve({ failed: true, message: `${name} ended` }),
        (error: unknown) => resolve({ failed: true, message: `${name}: ${messageOf(error)}` }),
      )
    }
  })
}

export interface StopReason {
  /** Ended by itself, not by a signal. */
  readonly failed: boolean
  readonly message: string
}

/**
 * Closes one after another, each whether or not the one before succeeded. After `msMax` the process ends as it is: what was
 * acknowledged is durable, so nothing is lost but time.
 */
export async function closeInOrder(parts: readonly Closable[], msMax: number, logger: Logger): Promise<void> {
  let current = ''
  const overdue = setTimeout(() => {
    logger.error({ part: current, msMax }, 'not stopped in time')
    process.exit(1)
  }, msMax)
  for (const { name, close } of parts) {
    current = name
    try {
      await close()
    } catch (error) {
      logger.error({ err: error, part: name }, 'could not be closed properly')
    }
  }
  clearTimeout(overdue)
}
