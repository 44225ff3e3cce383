import type { Logger } from '../../platform/logger.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { ListCache, ListEntry } from '../lists/list-cache.ts'
import { type ListLoader, readList } from '../lists/list-reader.ts'
import type { ListTail } from '../lists/list-tail.ts'
import { nextReturnAt } from '../lists/next-return.ts'
import type { AppliedRules } from '../lists/pipeline/applied-rules.ts'
import { type RecommendDeps, recommend, type UserListRequest } from '../lists/recommend.ts'
import type { StaleListRefresher } from '../lists/stale-list-refresher.ts'
import { WakeTimer } from '../wake-timer.ts'
import type { Feed, FeedValue } from './feed.ts'
import { type OpenView, OpenViews } from './open-views.ts'
import type { WatchedAnnouncer } from './watched-announcer.ts'

interface Deps extends RecommendDeps {
  readonly listTail: ListTail
  readonly listCache: ListCache
  /** Without a memory: reads of many subscribers that come at once are one call. */
  readonly loaders: { readonly lists: ListLoader }
  readonly logger: Logger
  readonly refresher: StaleListRefresher
  readonly watched: Pick<WatchedAnnouncer, 'note'>
}

type Headers = FeedValue<unknown>['headers']
type Emit = (value: FeedValue<Recommendations>) => void

/** Open lists visited before other work of the thread gets its turn. */
const slice = 200
/** Delay before a retry after a failure. */
const retryMs = 1_000
/** Delay before a retry where the store is behind the topic. */
const behindMs = 100
/** After a gap the store may not have the missed records yet: it is read again once the cached entries have expired. */
const retryAfterMs = 6_000

/** All open lists of users: they follow topic lists, the catalog and the rules. */
export class RecommendationsFeeds {
  private readonly views: OpenViews<View>
  private askAgain: NodeJS.Timeout | undefined

  constructor(private readonly deps: Deps) {
    const { catalog, watched, logger } = deps
    const onError = (error: unknown) =>
      logger.warn({ reason: messageOf(error) }, 'open lists could not be compared with the catalogue')
    this.views = new OpenViews({ catalog, watched, slice, onError })
    deps.rulesInForce.onChange(() => this.noticeRules())
    deps.listTail.onGap(() => {
      this.readAll()
      clearTimeout(this.askAgain)
      this.askAgain = setTimeout(() => this.readAll(), retryAfterMs)
    })
  }

  feed(userId: string, request: UserListRequest, key: string, since?: string): Feed<Recommendations> {
    return {
      key,
      since,
      canResume: true,
      canRepeat: true,
      open: (emit) => this.views.open(userId, () => new View(userId, request, emit, this.deps)),
    }
  }

  close(): void {
    this.views.close()
    clearTimeout(this.askAgain)
  }

  private readAll(): void {
    for (const view of this.views) view.read()
  }

  private noticeRules(): void {
    this.views
      .inSlices((view) => view.noticeRules())
      .catch((error) => {
        this.deps.logger.warn({ reason: messageOf(error) }, 'changed rules could not be applied to open lists')
      })
  }
}

/**
 * Whether the revision that is shown is wanted once more: for those who have it not (`repeat`), for all if its items are
 * others now (`compare`), or for all (`changed`).
 */
type Again = 'no' | 'repeat' | 'compare' | 'changed'

/** One watched list. It holds no entry: a server has many of these, most of them idle. */
class View implements OpenView {
  private readonly stopListening: () => void
  /** Wakes the view when an excluded item becomes eligible again. */
  private readonly returning: WakeTimer
  /** The entry to show next. */
  private pending: ListEntry | undefined
  private headers: Headers
  /** The newest revision received, shown or not. */
  private newestRevision = -1n
  /** The entry that told of the user's erasure, which is not sent again. */
  private erased: ListEntry | undefined
  private shownRevision = ''
  private listed: readonly string[] = []
  private shownVariant: string | null = null
  /** The rules that the shown list was arranged by. */
  private applied: AppliedRules | undefined
  private again: Again = 'no'
  private showing = false
  private closed = false
  /** Until the first read has ended, a record of the topic may be older than the list that is stored. */
  private hasRead = false
  private early: { readonly entry: ListEntry; readonly headers: Headers } | undefined

  constructor(
    readonly userId: string,
    private readonly request: UserListRequest,
    private readonly emit: Emit,
    private readonly deps: Deps,
  ) {
    this.returning = new WakeTimer({
      clock: deps.clock,
      onTime: () => this.showAgain('compare'),
      onError: (error) => this.fail(error),
    })
    // Subscribe before reading, so that no update in between is lost.
    this.stopListening = deps.listTail.listen(userId, (entry, { headers }) => {
      if (this.hasRead) this.take(entry, headers)
      else if (!this.early || this.early.entry.revision <= entry.revision) this.early = { entry, headers }
    })
    this.read()
  }

  close(): void {
    this.closed = true
    this.stopListening()
    this.returning.stop()
  }

  /** Reads the list as it stands. */
  read(): void {
    const { listCache, loaders, logger } = this.deps
    const fail = (error: unknown) => {
      logger.warn({ reason: messageOf(error) }, 'a watched list could not be read')
      this.readLater(retryMs)
    }
    try {
      const entry = readList(this.userId, listCache, { loaders })
      if (entry instanceof Promise) entry.then((read) => this.takeRead(read)).catch(fail)
      else this.takeRead(entry)
    } catch (error) {
      fail(error)
    }
  }

  /** Emits the list again where a changed item must leave it, or may fill a free position. */
  notice(changed: ReadonlySet<string>): void {
    if (this.newestRevision < 0n) return
    const leaves = this.listed.some((id) => changed.has(id) && !this.isEligible(id))
    const isShort = this.listed.length < this.request.first
    const fills = isShort && [...changed].some((id) => this.isEligible(id) && !this.listed.includes(id))
    if (leaves || fills) this.showAgain('changed')
    else if (this.rulesConcern(changed)) this.showAgain('compare')
  }

  /** Emits the list again where other rules apply to it. */
  noticeRules(): void {
    if (this.newestRevision >= 0n && this.applied !== this.rules()) this.showAgain('compare')
  }

  /** Emits the list again, for a later subscriber. */
  repeat(): void {
    this.showAgain('repeat')
  }

  private rules(): AppliedRules {
    return this.deps.rulesInForce.rulesFor(this.request.placement, this.userId)
  }

  /** Whether the rules may arrange the list differently after these items have changed. */
  private rulesConcern(changed: ReadonlySet<string>): boolean {
    if (!this.applied || this.applied.isPlain) return false
    const { pins = [] } = this.applied.rules
    return this.listed.some((id) => changed.has(id)) || pins.some(({ item }) => changed.has(item))
  }

  /** A later subscriber gets the list even where a comparison finds no difference. */
  private showAgain(again: Again): void {
    this.again = this.again === 'no' || this.again === again ? again : 'changed'
    if (this.erased) this.take(this.erased)
    else this.read()
  }

  private isEligible(id: string): boolean {
    const item = this.deps.catalog.get(id)
    return item !== undefined && this.request.isEligible(item) && !this.request.exclude.has(id)
  }

  /** The list as it stands is shown at once; the fresh one comes as any newer one does. */
  private takeRead(entry: ListEntry): void {
    if (!this.closed && entry.revision < this.newestRevision && this.again !== 'no') this.readLater(behindMs)
    this.hasRead = true
    const { early } = this
    this.early = undefined
    if (early && early.entry.revision >= entry.revision) this.take(early.entry, early.headers)
    else this.take(entry)
    this.deps.refresher.refreshInBackground(this.userId, entry)
  }

  /** `read` does not throw; should the clock reject, the list is read at once. */
  private readLater(ms: number): void {
    const again = () => {
      if (!this.closed) this.read()
    }
    this.deps.clock.sleep(ms).then(again).catch(again)
  }

  private take(entry: ListEntry, headers?: Headers): void {
    if (this.closed || entry.revision < this.newestRevision) return
    this.newestRevision = entry.revision
    this.erased = entry.erased ? entry : undefined
    this.pending = entry
    this.headers = headers
    this.show()
  }

  /** One at a time, and always the newest: filling up a list may wait, and answers must not overtake each other. */
  private show(): void {
    while (this.pending && !this.showing && !this.closed) {
      const entry = this.pending
      const again = this.again
      const headers = this.headers
      this.pending = undefined
      this.again = 'no'
      try {
        this.applied = this.rules()
        this.returning.set(nextReturnAt(entry.list, this.applied.rules, this.deps.clock.now()))
        const list = recommend(this.userId, entry, this.request, this.deps)
        if (list instanceof Promise) this.showLater(list, again, headers)
        else this.offer(list, again, headers)
      } catch (error) {
        this.fail(error)
      }
    }
  }

  private showLater(list: Promise<Recommendations>, again: Again, headers: Headers): void {
    this.showing = true
    list
      .then((made) => this.offer(made, again, headers))
      .catch((error) => this.fail(error))
      .finally(() => {
        this.showing = false
        this.show()
      })
      .catch((error) => this.fail(error))
  }

  private fail(error: unknown): void {
    this.deps.logger.warn({ reason: messageOf(error) }, 'a watched list could not be shown')
    this.again = 'changed'
    this.readLater(retryMs)
  }

  private offer(value: Recommendations, again: Again, headers: Headers): void {
    const { revision } = value
    const isSame = revision === this.shownRevision
    if (this.closed || revision < this.shownRevision || (isSame && again === 'no')) return
    const listed = value.picks.map(({ item }) => item.id)
    const isEqual = value.variant === this.shownVariant && sameItems(listed, this.listed)
    if (isSame && again === 'compare' && isEqual) return
    this.shownRevision = revision
    this.shownVariant = value.variant
    this.listed = listed
    this.emit({ value, revision, isRepeat: isSame && again !== 'repeat', ...(!isSame && { headers }) })
  }
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, n) => id === b[n])
