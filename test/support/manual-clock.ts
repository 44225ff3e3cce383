import type { Clock } from '../../platform/ports/clock.ts'

interface Sleeper {
  readonly at: number
  wake(): void
}

/** A clock that a test moves. Sleepers wake in the order of their times, each with the clock at its time. */
export class ManualClock implements Clock {
  private wall: number
  /** Never jumps: what sleeps are measured by. */
  private elapsed = 0
  private readonly sleepers = new Set<Sleeper>()

  constructor(now = 0) {
    this.wall = now
  }

  now = (): number => this.wall

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper = {
        at: this.elapsed + ms,
        wake: () => {
          this.sleepers.delete(sleeper)
          signal?.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      this.sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })

  /** How many sleep. */
  get waiting(): number {
    return this.sleepers.size
  }

  /** Sets the time; nobody wakes by that. */
  jumpTo(time: number): void {
    this.wall = time
  }

  advanceTo(time: number): Promise<void> {
    return this.elapse(time - this.wall)
  }

  async elapse(ms: number): Promise<void> {
    const end = this.elapsed + ms
    for (;;) {
      await settle()
      const next = [...this.sleepers].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.move(next.at)
      next.wake()
    }
    this.move(end)
    await settle()
  }

  private move(to: number): void {
    this.wall += to - this.elapsed
    this.elapsed = to
  }
}

/** Lets what was resolved go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))
