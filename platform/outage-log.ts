import { AppError } from '../schema/app-error.ts'
import type { Logger } from './logger.ts'

/** Minimum time between two messages about failing requests. */
const everyMs = 10_000

interface Options {
  readonly logger: Logger
  /** Name of the system in the messages. */
  readonly system: string
  /** Time of a monotonic clock, ms. Default: performance.now. */
  readonly now?: () => number
}

/**
 * Logs that requests to a system fail, at most once in 10 seconds, and that they succeed again. Clients get the error
 * without its cause (schema/app-error.ts), so operators find the cause here.
 */
export class OutageLog {
  private loggedAt = Number.NEGATIVE_INFINITY
  private isLogged = false
  private isClosing = false
  private readonly now: () => number

  constructor(private readonly options: Options) {
    this.now = options.now ?? (() => performance.now())
  }

  /** Runs a request and notes its outcome. Errors of the caller, such as invalid arguments, are not noted. */
  async watch<Result>(request: Promise<Result>, details?: Readonly<Record<string, string>>): Promise<Result> {
    try {
      const result = await request
      if (this.isLogged) this.answersAgain()
      return result
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAVAILABLE') this.failed(error, details)
      throw error
    }
  }

  /** Logs nothing from now on: requests in flight fail when the connections are closed. */
  close(): void {
    this.isClosing = true
  }

  private failed(error: AppError, details?: Readonly<Record<string, string>>): void {
    const now = this.now()
    if (this.isClosing) return
    if (now - this.loggedAt < everyMs) return
    this.loggedAt = now
    this.isLogged = true
    this.options.logger.warn(
      { err: error, ...details },
      `${this.options.system}: requests fail; callers receive UNAVAILABLE`,
    )
  }

  private answersAgain(): void {
    this.isLogged = false
    this.options.logger.info(`${this.options.system}: requests succeed again`)
  }
}
