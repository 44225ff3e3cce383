import type { Clock } from '../../platform/ports/clock.ts'
import { AppError } from '../../schema/app-error.ts'
import type { Dice } from './dice.ts'

/** Whose memory a call runs in: a process that may die, or a client that does not. */
export interface Owner {
  readonly name: string
  alive: boolean
}

interface Operation {
  readonly owner: Owner | null
  readonly label: string
  readonly run: () => void
  /** What it does to the world, without telling its caller: left in the network when the caller dies. */
  readonly ghost?: () => void
}

/** How often a call of a port meets with what. All zero: the undisturbed world. */
export interface Weather {
  /** A call is held up for so long that others overtake it. */
  readonly delay: number
  /** A write is done, but its answer comes later, or never. */
  readonly lateAnswer: number
  /** An append or a put fails. */
  readonly failure: number
  /** A commit is lost: the batch is delivered twice. */
  readonly lostCommit: number
  /** Per step: something happens to a process, a group, a topic or the clock. */
  readonly fault: number
}

export const calm: Weather = { delay: 0, lateAnswer: 0, failure: 0, lostCommit: 0, fault: 0 }

export const storm: Weather = { delay: 0.15, lateAnswer: 0.4, failure: 0.05, lostCommit: 0.1, fault: 0.05 }

const startOfTime = Date.UTC(2026, 0, 1)

/**
 * Every await of a port is a scheduling point: the call waits here as an operation, and one operation at a time is chosen
 * by the dice. No real time passes and nothing else runs in between, so one seed is one history.
 */
export class Scheduler {
  /** Operations done. */
  steps = 0
  /** A running hash of everything that was chosen. */
  trace = 0x811c9dc5
  /** What must never happen, and did. */
  readonly problems: string[] = []
  /** Shared by all; a process does not notice when it jumps. */
  wallClock = startOfTime
  private ready: Operation[] = []
  private held: { readonly until: number; readonly operation: Operation }[] = []

  constructor(
    readonly dice: Dice,
    public weather: Weather,
    private readonly onTrace?: (line: string) => void,
  ) {}

  get idle(): boolean {
    return this.ready.length + this.held.length === 0
  }

  readonly clock = this.clockOf(null)

  /** For one process: its waits end with it. */
  clockOf(owner: Owner | null): Clock {
    return {
      now: () => this.wallClock,
      sleep: (_ms, signal) => (signal?.aborted ? Promise.resolve() : this.call(owner, 'sleep', () => {})),
    }
  }

  /** A call that reads. */
  call<T>(owner: Owner | null, label: string, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.add({
        owner,
        label,
        run: () => {
          try {
            resolve(effect())
          } catch (error) {
            reject(error)
          }
        },
      })
    })
  }

  /** A call that changes something: it may fail before or after, be answered late, or outlive its caller. */
  write<T>(owner: Owner | null, label: string, effect: () => T, partly: () => void = () => {}): Promise<T> {
    const { dice, weather } = this
    return new Promise((resolve, reject) => {
      const unavailable = () =>
        reject(new AppError('UNAVAILABLE', { message: `${label}: no answer within the deadline` }))
      const answer = (run: () => void) => {
        if (dice.chance(weather.lateAnswer)) this.add({ owner, label: `${label} answers`, run })
        else run()
      }
      if (!dice.chance(weather.failure)) {
        const run = () => {
          const result = effect()
          answer(() => resolve(result))
        }
        return this.add({ owner, label, run, ghost: effect })
      }
      const way = dice.pick(['lost', 'partly', 'unconfirmed', 'late'] as const)
      const run = () => {
        if (way === 'partly') partly()
        if (way === 'unconfirmed') effect()
        if (way === 'late') this.hold({ owner: null, label: `${label} late`, run: effect }, dice.between(2, 80))
        answer(unavailable)
      }
      this.add({ owner, label: `${label} ${way}`, run })
    })
  }

  add(operation: Operation): void {
    const { dice, weather } = this
    if (operation.owner?.alive === false) return
    if (dice.chance(weather.delay)) this.hold(operation, dice.between(10, 300))
    else this.ready.push(operation)
  }

  /** Not before this step, unless nothing else is left to do. */
  addAfter(step: number, operation: Operation): void {
    if (step <= this.steps || operation.owner?.alive === false) this.add(operation)
    else this.hold(operation, step - this.steps)
  }

  /** Not before so many steps have passed, unless nothing else is left to do. */
  hold(operation: Operation, steps: number): void {
    this.held.push({ until: this.steps + steps, operation })
  }

  /** Its memory is gone; what it had sent may still arrive. */
  crash(owner: Owner): void {
    owner.alive = false
    const survives = (operation: Operation): Operation[] => {
      if (operation.owner !== owner) return [operation]
      if (operation.ghost === undefined || this.dice.chance(0.5)) return []
      return [{ owner: null, label: `${operation.label} from beyond`, run: operation.ghost }]
    }
    this.ready = this.ready.flatMap(survives)
    this.held = this.held.flatMap(({ until, operation }) =>
      survives(operation).map((kept) => ({ until, operation: kept })),
    )
  }

  /** Does one operation and lets everything that waited for it run. @returns false when there was none. */
  async step(): Promise<boolean> {
    this.release()
    if (this.ready.length === 0) return false
    const place = this.dice.int(this.ready.length)
    const operation = this.ready[place]!
    this.ready[place] = this.ready[this.ready.length - 1]!
    this.ready.pop()
    this.note(`${operation.owner?.name ?? '-'} ${operation.label}`)
    this.steps++
    this.wallClock += 1 + (this.steps % 7)
    operation.run()
    await new Promise((resolve) => setImmediate(resolve))
    return true
  }

  note(line: string): void {
    let hash = this.trace
    for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193)
    this.trace = hash >>> 0
    this.onTrace?.(`${this.steps} ${line}`)
  }

  private release(): void {
    if (this.held.length === 0) return
    const all = this.ready.length === 0 || this.weather === calm
    this.held = this.held.filter(({ until, operation }) => {
      if (!all && until > this.steps) return true
      this.ready.push(operation)
      return false
    })
  }
}
