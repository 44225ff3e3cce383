import { AppError } from '../../schema/app-error.ts'

interface Options {
  /** Name of the tasks in messages, for example `rankings`. */
  readonly name: string
  /** Maximum tasks that run at once. */
  readonly runningMax: number
  /**
   * Maximum tasks of one client, waiting or running; `shared` clients (services, operators) may use the whole queue.
   */
  readonly perClientMax: number
  /** Maximum tasks of all clients, waiting or running. */
  readonly inAllMax: number
  /**
   * Whether other work of this thread gets a turn after every task; for tasks that run on this thread. Default: false.
   */
  readonly yieldAfterTask?: boolean
}

/** The client for which a task runs. */
export interface Client {
  readonly client: string
  /** Whether the client acts for many people. */
  readonly shared: boolean
}

/**
 * Runs the tasks of many clients, a limited number at once. Clients take turns: however many tasks one client has, a
 * task of another client waits for at most one task of every waiting client, and for the running ones.
 */
export class FairQueue {
  /** Waiting tasks by client; the first client is the next one. Contains no client without waiting tasks. */
  private readonly waiting = new Map<string, (() => void)[]>()
  private readonly byClient = new Map<string, number>()
  private inAll = 0
  private running = 0

  constructor(private readonly options: Options) {}

  /** Tasks that wait or run. */
  get size(): number {
    return this.inAll
  }

  /**
   * Runs the task when it is the client's turn; at once if nothing waits.
   * @throws AppError RATE_LIMITED if the client has too many tasks, UNAVAILABLE if all clients together have
   */
  async run<T>({ client, shared }: Client, task: () => T | Promise<T>): Promise<T> {
    const { name, perClientMax, inAllMax, runningMax, yieldAfterTask } = this.options
    const ofClient = this.byClient.get(client) ?? 0
    if (!shared && ofClient >= perClientMax) {
      throw new AppError('RATE_LIMITED', { message: `expected at most ${perClientMax} ${name} of one client at once` })
    }
    if (this.inAll >= inAllMax) {
      throw new AppError('UNAVAILABLE', { message: `expected at most ${inAllMax} ${name} of all clients at once` })
    }
    this.byClient.set(client, ofClient + 1)
    this.inAll++
    try {
      if (this.running >= runningMax) await this.turn(client)
      else this.running++
      return await task()
    } finally {
      this.release(client)
      if (yieldAfterTask) setImmediate(() => this.next())
      else this.next()
    }
  }

  private turn(client: string): Promise<void> {
    return new Promise((resolve) => {
      const tasks = this.waiting.get(client)
      if (tasks) tasks.push(resolve)
      else this.waiting.set(client, [resolve])
    })
  }

  /**
   * Gives the slot of a task that ended to the next client. That client's further tasks move to the end of the queue.
   */
  private next(): void {
    const [turn] = this.waiting
    if (!turn) {
      this.running--
      return
    }
    const [client, tasks] = turn
    this.waiting.delete(client)
    const start = tasks.shift()
    if (tasks.length > 0) this.waiting.set(client, tasks)
    start?.()
  }

  private release(client: string): void {
    this.inAll--
    const left = (this.byClient.get(client) ?? 1) - 1
    if (left > 0) this.byClient.set(client, left)
    else this.byClient.delete(client)
  }
}
