import { messageOf } from '../schema/app-error.ts'
import type { Logger } from './logger.ts'

export interface Closable {
  readonly name: string
  close(): Promise<void>
}

const sameSignalMs = 1000

/**
 * The scripts of package.json that run until they are stopped. npm runs them in a shell, and a SIGTERM to npm ends
 * only that shell: such a process must detect by itself that its parent has exited.
 */
const npmScripts: readonly (string | undefined)[] = ['start', 'start:cluster', 'worker']
const parentAtStart = process.ppid
const parentPollMs = 250

/**
 * Resolves with the reason to stop: the first SIGINT or SIGTERM, the exit of the parent if that is npm's shell or a
 * supervisor, or a part that ended by itself. A second signal ends the process at once, except within a second of the
 * first: npm forwards a Ctrl-C that the terminal has sent already.
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
    // A supervised child ends with its supervisor.
    const orphaned = () => resolve({ failed: false, message: 'the process that started this one has exited' })
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
 * Closes the parts one after another; a failure does not prevent the next. After `msMax` the process exits:
 * acknowledged writes are durable, so no data is lost.
 */
export async function closeInOrder(parts: readonly Closable[], msMax: number, logger: Logger): Promise<void> {
  let current = ''
  const overdue = setTimeout(() => {
    logger.error(
      { part: current, msMax },
      'shutdown took too long (PICKSTREAM_SHUTDOWN_MS_MAX): exiting without closing the remaining parts',
    )
    process.exit(1)
  }, msMax)
  for (const { name, close } of parts) {
    current = name
    try {
      await close()
    } catch (error) {
      logger.error({ err: error, part: name }, 'closing a part failed; continuing with the next one')
    }
  }
  clearTimeout(overdue)
}
