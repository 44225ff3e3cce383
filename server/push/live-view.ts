import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { ListCache, ListEntry } from '../lists/list-cache.ts'
import { type ListLoader, readList } from '../lists/list-reader.ts'
import type { ListTail } from '../lists/list-tail.ts'
import { nextReturnAt } from '../lists/next-return.ts'
import type { AppliedRules } from '../lists/pipeline/applied-rules.ts'
import type { RulesInForce } from '../lists/pipeline/rules-in-force.ts'
import type { StaleListRefresher } from '../lists/stale-list-refresher.ts'
import { WakeTimer } from '../wake-timer.ts'
import {
  type Built,
  newView,
  type Shown,
  stepView,
  type ViewEffect,
  type ViewEvent,
  type ViewState,
  type Wanted,
} from './view-state.ts'

export interface ViewDeps {
  readonly listTail: ListTail
  readonly listCache: ListCache
  /** Does not cache. Concurrent reads of many subscribers are one call. */
  readonly loaders: { readonly lists: ListLoader }
  readonly refresher: StaleListRefresher
  readonly rulesInForce: RulesInForce
  readonly clock: Clock
  readonly logger: Logger
}

/** The content of a view, made from a user's list. */
export interface ViewContent<T> {
  readonly userId: string
  readonly placement: string | null
  /** Called for one entry at a time. */
  build(entry: ListEntry): Built<T> | Promise<Built<T>>
  /** Whether changed items may change the content. */
  isConcerned(changed: ReadonlySet<string>, shown: Shown, rules: AppliedRules): boolean
}

export type Emission<T> = Extract<ViewEffect<T>, { type: 'emit' }>

/** One watched list or page. Passes events to `stepView` and carries out the result. */
export class LiveView<T> {
  private state: ViewState = newView
  /** The rules with which the newest value was made. */
  private applied: AppliedRules | undefined
  private working: Promise<void> | undefined
  /** Wakes the view when an excluded item becomes eligible again. */
  private readonly returning: WakeTimer
  private readonly stopListening: () => void

  constructor(
    private readonly content: ViewContent<T>,
    private readonly emit: (emission: Emission<T>) => void,
    private readonly deps: ViewDeps,
  ) {
    const { clock, listTail } = deps
    const onError = (error: unknown) => this.warn(error)
    this.returning = new WakeTimer({ clock, onTime: () => this.want('compare'), onError })
    // Subscribe before reading, so that no update in between is lost.
    this.stopListening = listTail.listen(content.userId, (entry, { headers }) => {
      this.tell({ type: 'record', entry, headers })
    })
    this.want('compare')
  }

  get userId(): string {
    return this.content.userId
  }

  /**
   * Resolves once the current read or build is done, and the build after a read; undefined if there is none. Does not
   * reject.
   */
  done(): Promise<void> | undefined {
    return this.working?.then(() => this.working)
  }

  /** Builds the value again. */
  want(wanted: Wanted): void {
    this.tell({ type: 'wanted', wanted })
  }

  /** Builds the value again if a changed item must leave it or may be added. */
  notice(changed: ReadonlySet<string>): void {
    const { shown, building } = this.state
    const isConcerned = shown && this.applied && this.content.isConcerned(changed, shown, this.applied)
    // The build in progress may have read the items before they changed.
    if (isConcerned || building) this.want('compare')
  }

  /** Builds the value again if other rules apply to it. */
  noticeRules(): void {
    if (this.applied !== this.rules()) this.want('compare')
  }

  close(): void {
    this.tell({ type: 'closed' })
    this.stopListening()
    this.returning.stop()
  }

  private tell(event: ViewEvent<T>): void {
    const { state, effects } = stepView(this.state, event)
    this.state = state
    for (const effect of effects) {
      if (!this.state.isClosed) this.carryOut(effect)
    }
  }

  private carryOut(effect: ViewEffect<T>): void {
    if (effect.type === 'read') this.read()
    else if (effect.type === 'build') this.build(effect.entry)
    else if (effect.type === 'retry') this.retry(effect.afterMs)
    else if (effect.type === 'emit') this.emit(effect)
    else this.deps.refresher.refreshInBackground(this.userId, effect.entry)
  }

  private read(): void {
    const { listCache, loaders } = this.deps
    this.work(
      () => readList(this.userId, listCache, { loaders }),
      (entry) => this.tell({ type: 'read', entry }),
      () => this.tell({ type: 'readFailed' }),
    )
  }

  private build(entry: ListEntry): void {
    this.work(
      () => {
        this.applied = this.rules()
        this.returning.set(nextReturnAt(entry.list, this.applied.rules, this.deps.clock.now()))
        return this.content.build(entry)
      },
      (built) => this.tell({ type: 'built', built }),
      () => this.tell({ type: 'buildFailed' }),
    )
  }

  /** Calls it synchronously if there is nothing to wait for. */
  private work<R>(run: () => R | Promise<R>, done: (result: R) => void, failed: () => void): void {
    const fail = (error: unknown) => {
      this.warn(error)
      failed()
    }
    try {
      const result = run()
      if (result instanceof Promise) this.wait(result.then(done).catch(fail))
      else done(result)
    } catch (error) {
      fail(error)
    }
  }

  private wait(work: Promise<void>): void {
    const working = work
      .catch((error) => this.warn(error))
      .finally(() => {
        if (this.working === working) this.working = undefined
      })
    this.working = working
  }

  private retry(afterMs: number): void {
    const due = () => this.tell({ type: 'retryDue' })
    this.deps.clock
      .sleep(afterMs)
      .then(due, due)
      .catch((error) => this.warn(error))
  }

  private rules(): AppliedRules {
    return this.deps.rulesInForce.rulesFor(this.content.placement, this.userId)
  }

  private warn(error: unknown): void {
    this.deps.logger.warn({ reason: messageOf(error) }, 'an open list or start page could not be computed')
  }
}
