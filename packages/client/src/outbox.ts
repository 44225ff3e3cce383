import { runCallback } from './callback.ts'
import { PickstreamError, unreachable } from './errors.ts'
import type { OutboxStorage } from './outbox-storage.ts'
import type { QueuedEvent } from './queued-event.ts'
import { judge } from './refusal.ts'
import { Backoff } from './retry.ts'
import type { ServerClock } from './server-clock.ts'

export interface OutboxOptions {
  /** Resolves once the events are in the server's log. */
  readonly send: (events: readonly QueuedEvent[]) => Promise<void>
  readonly storage: OutboxStorage<QueuedEvent>
  readonly clock: ServerClock
  readonly lingerMs: number
  readonly onRejected: (event: QueuedEvent, reason: string) => void
}

const batchMax = 200
export const queueMax = 2_000

/**
 * Queue of events that are not in the server's log yet, in the order recorded. Each has an id, so a retry after a
 * lost answer counts once. At most 2,000: when it is full, the oldest event that is not being sent is dropped.
 */
export class Outbox {
  private queue: readonly QueuedEvent[]
  /** Number of events at the head of the queue that are being sent. */
  private inFlight = 0
  private isSending = false
  private batchLimit = batchMax
  private timer: { readonly id: ReturnType<typeof setTimeout>; readonly dueAt: number } | undefined
  private closed = false
  private readonly waiting = new Set<() => void>()
  private readonly backoff = new Backoff()
  private readonly options: OutboxOptions

  constructor(options: OutboxOptions) {
    this.options = options
    this.queue = options.storage.takeOver().slice(-queueMax)
    if (this.queue.length > 0) this.sendWithin(options.lingerMs)
  }

  /** Number of events not in the server's log yet. */
  get size(): number {
    return this.queue.length
  }

  /** Sends within `lingerMs`, together with other events recorded until then. Never throws. */
  add(events: readonly QueuedEvent[], lingerMs = this.options.lingerMs): void {
    const faults = events.map(faultOf)
    const queue = [...this.queue, ...events.filter((_, n) => !faults[n])]
    const overdue = queue.splice(this.inFlight, Math.max(0, queue.length - queueMax))
    this.keep(queue)
    for (const event of overdue) this.reject(event, `the queue holds at most ${queueMax} events`)
    for (const [n, fault] of faults.entries()) if (fault) this.reject(events[n]!, fault)
    this.sendWithin(lingerMs)
  }

  /**
   * Resolves once all events queued at the call are in the server's log or rejected. Rejects with `UNAVAILABLE` after
   * `timeoutMs`, and with the signal's reason when it aborts; the events stay queued.
   */
  async flush(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const wanted = new Set(this.queue.map(({ eventId }) => eventId))
    if (wanted.size === 0) return
    this.sendWithin(0)
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        this.waiting.delete(check)
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const check = (): void => {
        const isDone = !this.queue.some(({ eventId }) => wanted.has(eventId))
        if (isDone) end(resolve)
        else if (this.closed) end(() => reject(unreachable('the client was closed with events in its queue')))
      }
      const abort = (): void => end(() => reject(signal?.reason))
      const timer = setTimeout(() => {
        const waited = `${this.queue.length} events could not be sent within ${timeoutMs} ms; they stay queued`
        end(() => reject(unreachable(waited)))
      }, timeoutMs)
      signal?.addEventListener('abort', abort)
      this.waiting.add(check)
      check()
    })
  }

  /** Sends the queued events without waiting for further ones. */
  hurry(): void {
    if (this.queue.length > 0) this.sendWithin(0)
  }

  /** Stops sending; queued events stay in the storage. */
  close(): void {
    this.closed = true
    clearTimeout(this.timer?.id)
    this.backoff.stop()
    this.notify()
  }

  private sendWithin(ms: number): void {
    if (this.closed) return
    const dueAt = Date.now() + ms
    if (this.timer && this.timer.dueAt <= dueAt && ms > 0) return
    clearTimeout(this.timer?.id)
    const start = (): void => {
      this.timer = undefined
      if (!this.isSending) void this.sendAll()
    }
    if (ms === 0) start()
    else this.timer = { id: setTimeout(start, ms), dueAt }
  }

  private async sendAll(): Promise<void> {
    this.isSending = true
    while (this.queue.length > 0 && !this.closed) {
      const batch = this.queue.slice(0, this.batchLimit)
      this.inFlight = batch.length
      await this.sendBatch(batch)
      this.inFlight = 0
    }
    this.isSending = false
  }

  private async sendBatch(batch: readonly QueuedEvent[]): Promise<void> {
    const { clock, send } = this.options
    const clockWasKnown = clock.isKnown
    try {
      await send(batch.map((event) => withTime(event, clock)))
    } catch (error) {
      if (isWorthRetrying(error)) await this.backoff.wait((error as Partial<PickstreamError>).retryAfterMs)
      else await this.takeRefusal(batch, error as PickstreamError, !clockWasKnown && clock.isKnown)
      return
    }
    this.batchLimit = Math.min(this.batchLimit * 2, batchMax)
    this.backoff.reset()
    this.drop(new Set(batch))
  }

  private async takeRefusal(
    batch: readonly QueuedEvent[],
    error: PickstreamError,
    clockIsNews: boolean,
  ): Promise<void> {
    const { rejected, untimely, isToSplit } = judge(batch, error, clockIsNews)
    if (isToSplit) {
      this.batchLimit = Math.ceil(batch.length / 2)
      await this.backoff.wait()
    }
    if (untimely.size > 0) {
      this.keep(this.queue.map((event) => (untimely.has(event) ? { ...event, timestamp: undefined } : event)))
    }
    this.drop(new Set(rejected.keys()))
    for (const [event, reason] of rejected) this.reject(event, reason)
  }

  private reject(event: QueuedEvent, reason: string): void {
    runCallback(() => this.options.onRejected(event, reason))
  }

  private drop(events: ReadonlySet<QueuedEvent>): void {
    this.inFlight = 0
    this.keep(this.queue.filter((event) => !events.has(event)))
    this.notify()
  }

  private keep(queue: readonly QueuedEvent[]): void {
    this.queue = queue
    this.options.storage.save(queue)
  }

  private notify(): void {
    for (const check of [...this.waiting]) check()
  }
}

/** Returns why an event cannot be sent: it would block the queue. undefined: it can be sent. */
function faultOf(event: QueuedEvent): string | undefined {
  try {
    JSON.stringify(event)
    return undefined
  } catch (error) {
    return `expected values that JSON can hold: ${error}`
  }
}

/** Errors that are not a rejection by the server are retried, and so are rejected credentials, which may be renewed. */
const isWorthRetrying = (error: unknown): boolean =>
  !(error instanceof PickstreamError) || error.retriable || error.code === 'UNAUTHENTICATED'

const withTime = (event: QueuedEvent, clock: ServerClock): QueuedEvent =>
  event.timestamp ? { ...event, timestamp: clock.correct(event.timestamp) } : event
