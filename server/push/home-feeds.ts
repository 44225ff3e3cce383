import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { Home } from '../../schema/graphql/home.ts'
import { buildHome, type HomeDeps } from '../lists/home/build-home.ts'
import type { HomeRequest } from '../lists/home/home-request.ts'
import type { ListCache, ListEntry } from '../lists/list-cache.ts'
import { type ListLoader, readList } from '../lists/list-reader.ts'
import type { ListTail } from '../lists/list-tail.ts'
import { nextReturnAt } from '../lists/next-return.ts'
import type { StaleListRefresher } from '../lists/stale-list-refresher.ts'
import { WakeTimer } from '../wake-timer.ts'
import type { Feed, FeedValue } from './feed.ts'
import { type OpenView, OpenViews } from './open-views.ts'
import type { WatchedAnnouncer } from './watched-announcer.ts'

interface Deps extends HomeDeps {
  readonly listTail: ListTail
  readonly listCache: ListCache
  /** Without a memory: reads of many subscribers that come at once are one call. */
  readonly loaders: { readonly lists: ListLoader }
  readonly logger: Logger
  readonly clock: Clock
  readonly refresher: StaleListRefresher
  readonly watched: Pick<WatchedAnnouncer, 'note'>
}

/** Interval at which trends are compared with those that open pages were built from. */
const compareMs = 500
/** Ranks of the trends that are compared. */
const trendsCompared = 100
/** Pages visited before other work of the thread gets its turn. */
const slice = 20
/** After a rebuild of all pages, the pause before the next one is at least so many times its duration. */
const restFactor = 4
/** Delay before reading again after a failure, or from a store that is behind: the first, and the greatest. */
const retryMsMin = 100
const retryMsMax = 2_000
/** Rebuilds of a page because the user's state is behind the list. */
const behindRetriesMax = 5

/** All open start pages: rebuilt when the list, trends, catalog or rules change, and emitted where they differ. */
export class HomeFeeds {
  private readonly views: OpenViews<HomeView>
  private readonly comparing: NodeJS.Timeout
  private isStale = false
  private comparedTo = ''
  private restUntil = 0
  private refreshing = false

  constructor(private readonly deps: Deps) {
    const { catalog, watched } = deps
    // What must leave does so soon; what may come in waits for the next comparison.
    this.views = new OpenViews({ catalog, watched, slice, onError: (error) => this.warn(error) })
    catalog.onChange(() => {
      if (this.views.size > 0) this.isStale = true
    })
    this.comparing = setInterval(() => {
      this.compare().catch((error) => this.warn(error))
    }, compareMs)
    this.comparing.unref()
    deps.rulesInForce.onChange(() => this.refreshAll())
    deps.listTail.onGap(() => this.refreshAll())
  }

  feed(userId: string, request: HomeRequest, key: string): Feed<Home> {
    return {
      key,
      canRepeat: true,
      open: (emit) => this.views.open(userId, () => new HomeView(userId, request, emit, this.deps)),
    }
  }

  close(): void {
    this.views.close()
    clearInterval(this.comparing)
  }

  private refreshAll(): void {
    this.views.inSlices((view) => view.refresh()).catch((error) => this.warn(error))
  }

  private async compare(): Promise<void> {
    const { trends, clock } = this.deps
    if (this.views.size === 0 || this.refreshing || clock.now() < this.restUntil) return
    this.refreshing = true
    try {
      const board = await trends.board('DAY')
      const trending = JSON.stringify(board.slice(0, trendsCompared).map(({ itemId }) => itemId))
      if (trending === this.comparedTo && !this.isStale) return
      this.comparedTo = trending
      this.isStale = false
      const begun = clock.now()
      await this.views.inSlices((view) => view.refresh())
      this.restUntil = clock.now() + restFactor * (clock.now() - begun)
    } finally {
      this.refreshing = false
    }
  }

  private warn(error: unknown): void {
    this.deps.logger.warn({ reason: messageOf(error) }, 'open start pages could not be compared')
  }
}

interface Arrived {
  readonly entry: ListEntry
  readonly headers?: FeedValue<unknown>['headers']
}

/** One watched start page. It holds no list: a server has many of these, most of them idle. */
class HomeView implements OpenView {
  private readonly stopListening: () => void
  /** Wakes the view when an excluded item becomes eligible again. */
  private readonly returning: WakeTimer
  /** The newest list that the topic brought and that is not shown yet. */
  private arrived: Arrived | undefined
  /** The entry that told of the user's erasure, which is not sent again. */
  private erased: ListEntry | undefined
  /** Of the newest list that is known. */
  private newestRevision = -1n
  private hasRead = false
  private shownId: string | undefined
  private shownItems: readonly string[] = []
  private revision = 0
  private wanted: 'nothing' | 'changes' | 'repeat' = 'nothing'
  private showing: Promise<void> | undefined
  private retries = 0
  private closed = false

  constructor(
    readonly userId: string,
    private readonly request: HomeRequest,
    private readonly emit: (value: FeedValue<Home>) => void,
    private readonly deps: Deps,
  ) {
    const { clock } = deps
    this.returning = new WakeTimer({
      clock,
      onTime: () => this.wake('changes'),
      onError: (error) => this.warn(error),
    })
    // Subscribe before reading, so that no update in between is lost.
    this.stopListening = deps.listTail.listen(userId, (entry, { headers }) => {
      if (entry.revision < (this.arrived?.entry.revision ?? this.newestRevision)) return
      this.arrived = { entry, headers }
      this.retries = 0
      this.wake('changes')
    })
    this.wake('changes')
  }

  close(): void {
    this.closed = true
    this.stopListening()
    this.returning.stop()
  }

  /** Rebuilds the page, and emits it where it differs. Resolves when that is done; does not reject. */
  refresh(): Promise<void> {
    return this.want('changes')
  }

  /** Emits the page once more, for a later subscriber. */
  repeat(): void {
    this.wake('repeat')
  }

  /** Rebuilds the page where an item on it may no longer be shown. */
  notice(changed: ReadonlySet<string>): void {
    const { catalog } = this.deps
    const mustLeave = this.shownItems.some((id) => {
      if (!changed.has(id)) return false
      const item = catalog.get(id)
      return item === undefined || !this.request.isEligible(item)
    })
    if (mustLeave) this.wake('changes')
  }

  private wake(what: 'changes' | 'repeat'): void {
    this.want(what).catch((error) => this.warn(error))
  }

  private warn(error: unknown): void {
    this.deps.logger.warn({ reason: messageOf(error) }, 'a watched start page could not be made')
  }

  private want(what: 'changes' | 'repeat'): Promise<void> {
    if (this.wanted !== 'repeat') this.wanted = what
    this.showing ??= this.show().finally(() => {
      this.showing = undefined
      if (this.wanted !== 'nothing' && !this.closed) this.wake(this.wanted)
    })
    return this.showing
  }

  /** One at a time, and always the newest. */
  private async show(): Promise<void> {
    while (this.wanted !== 'nothing' && !this.closed) {
      const what = this.wanted
      this.wanted = 'nothing'
      try {
        const { entry, headers } = await this.newest()
        if (entry.revision < this.newestRevision) {
          this.retryLater(what) // the store is behind the topic
          continue
        }
        this.newestRevision = entry.revision
        this.erased = entry.erased ? entry : undefined
        this.waitForReturn(entry)
        const { home, isStateBehind } = await buildHome(this.userId, entry, this.request, this.deps)
        this.offer(home, what === 'repeat', headers)
        if (isStateBehind && this.retries < behindRetriesMax) this.retryLater('changes')
        else if (!isStateBehind) this.retries = 0
      } catch (error) {
        this.warn(error)
        this.retryLater(what)
      }
    }
  }

  private waitForReturn({ list }: ListEntry): void {
    if (this.closed) return
    const { rulesInForce, clock } = this.deps
    const { rules } = rulesInForce.rulesFor(this.request.placement, this.userId)
    this.returning.set(nextReturnAt(list, rules, clock.now()))
  }

  private async newest(): Promise<Arrived> {
    const { listCache, loaders, refresher } = this.deps
    if (this.hasRead && this.arrived) return this.take(this.arrived)
    if (this.hasRead && this.erased) return { entry: this.erased }
    const entry = await readList(this.userId, listCache, { loaders })
    // The list as it stands is shown at once; the fresh one comes as any newer one does.
    if (!this.hasRead) refresher.refreshInBackground(this.userId, entry)
    this.hasRead = true
    const { arrived } = this
    return arrived && arrived.entry.revision >= entry.revision ? this.take(arrived) : { entry }
  }

  private take(arrived: Arrived): Arrived {
    this.arrived = undefined
    return arrived
  }

  private retryLater(what: 'changes' | 'repeat'): void {
    const again = () => {
      if (!this.closed) this.wake(what)
    }
    const ms = Math.min(retryMsMax, retryMsMin * 2 ** this.retries++)
    this.deps.clock.sleep(ms).then(again).catch(again)
  }

  private offer(home: Home, isRepeat: boolean, headers: FeedValue<unknown>['headers']): void {
    const isNew = home.id !== this.shownId
    if (this.closed || (!isNew && !isRepeat)) return
    if (isNew) this.revision++
    this.shownId = home.id
    this.shownItems = home.rows.flatMap(({ picks }) => picks.map(({ item }) => item.id))
    // The revision keeps what is repeated from those who have it.
    const revision = this.revision.toString(36).padStart(11, '0')
    this.emit({ value: home, revision, ...(isNew && headers && { headers }) })
  }
}
