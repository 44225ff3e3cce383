import type { Logger } from '../../platform/logger.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { Recommendations } from '../../schema/graphql/recommendations.ts'
import type { PicksCache, PicksEntry } from '../query/picks-cache.ts'
import { type PicksLoader, readPicks } from '../query/picks-reader.ts'
import { type RecommendDeps, recommend, type UserWish } from '../query/recommend.ts'
import type { Returning } from '../query/returning.ts'
import type { Feed, FeedValue } from './feed.ts'
import type { PicksTail } from './picks-tail.ts'

interface Deps extends RecommendDeps {
  readonly tail: PicksTail
  readonly cache: PicksCache
  /** Without a memory: reads of many subscribers that come at once are one call. */
  readonly loaders: { readonly picks: PicksLoader }
  readonly logger: Logger
  readonly returning: Returning
}

type Headers = FeedValue<unknown>['headers']
type Emit = (value: FeedValue<Recommendations>) => void

/** Changes of the catalogue reach open lists after so long; many changes are looked through at once. */
const sweepMs = 100
/** What failed is tried again after so long. */
const retryMs = 1_000
/** After a gap the store may be behind what was missed: it is asked again, once the cache no longer answers for it. */
const askAgainMs = 6_000

/** All open lists of users. Followed for as long as somebody watches: the topic of lists, and the catalogue. */
export class RecommendationsFeeds {
  readonly #deps: Deps
  readonly #open = new Set<View>()
  #changed = new Set<string>()
  #sweep: NodeJS.Timeout | undefined
  #askAgain: NodeJS.Timeout | undefined

  constructor(deps: Deps) {
    this.#deps = deps
    deps.catalogue.onChange((ids) => this.#noticeChanges(ids))
    deps.tail.onGap(() => {
      this.#readAll()
      clearTimeout(this.#askAgain)
      this.#askAgain = setTimeout(() => this.#readAll(), askAgainMs)
    })
  }

  feed(userId: string, wish: UserWish, key: string, since?: string): Feed<Recommendations> {
    return {
      key,
      since,
      open: (emit) => {
        const view = new View(userId, wish, emit, this.#deps)
        this.#open.add(view)
        return () => {
          view.close()
          this.#open.delete(view)
        }
      },
    }
  }

  close(): void {
    clearTimeout(this.#sweep)
    clearTimeout(this.#askAgain)
  }

  #readAll(): void {
    for (const view of this.#open) view.read()
  }

  #noticeChanges(ids: ReadonlySet<string>): void {
    if (this.#open.size === 0) return
    for (const id of ids) this.#changed.add(id)
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined
      const changed = this.#changed
      this.#changed = new Set()
      for (const view of this.#open) view.notice(changed)
    }, sweepMs)
  }
}

/** One list that is being watched. */
class View {
  readonly #userId: string
  readonly #wish: UserWish
  readonly #emit: Emit
  readonly #deps: Deps
  readonly #stopListening: () => void
  /** The newest that is known, shown or not. */
  #entry: PicksEntry | undefined
  #headers: Headers
  #shownRevision = ''
  #listed: readonly string[] = []
  #again = false
  #showing = false
  #closed = false

  constructor(userId: string, wish: UserWish, emit: Emit, deps: Deps) {
    this.#userId = userId
    this.#wish = wish
    this.#emit = emit
    this.#deps = deps
    // First the ear, then the look: nothing that comes between the two is missed.
    this.#stopListening = deps.tail.listen(userId, (entry, { headers }) => this.#take(entry, headers))
    this.read()
  }

  close(): void {
    this.#closed = true
    this.#stopListening()
  }

  /** Reads the list as it stands. */
  read(): void {
    const { cache, loaders, clock, logger } = this.#deps
    const entry = readPicks(this.#userId, cache, { loaders })
    if (!(entry instanceof Promise)) {
      this.#take(entry)
      this.#refreshStale(entry)
      return
    }
    entry.then(
      (read) => {
        this.#take(read)
        this.#refreshStale(read)
      },
      async (error) => {
        logger.warn({ reason: messageOf(error) }, 'a watched list could not be read')
        await clock.sleep(retryMs)
        if (!this.#closed) this.read()
      },
    )
  }

  /** The list as it stands is shown at once; the fresh one comes as any newer one does. */
  #refreshStale(entry: PicksEntry): void {
    if (this.#deps.returning.isStale(entry)) void this.#deps.returning.refreshed(this.#userId, entry)
  }

  /** Shows the list again where a changed item must leave it, or may fill a place that was left over. */
  notice(changed: ReadonlySet<string>): void {
    if (!this.#entry) return
    const leaves = this.#listed.some((id) => changed.has(id) && !this.#isEligible(id))
    const isShort = this.#listed.length < this.#wish.first
    const fills = isShort && [...changed].some((id) => this.#isEligible(id) && !this.#listed.includes(id))
    if (!leaves && !fills) return
    this.#again = true
    void this.#show()
  }

  #isEligible(id: string): boolean {
    const item = this.#deps.catalogue.get(id)
    return item !== undefined && this.#wish.test(item) && !this.#wish.exclude.has(id)
  }

  #take(entry: PicksEntry, headers?: Headers): void {
    if (this.#closed || (this.#entry && entry.writtenAt < this.#entry.writtenAt)) return
    this.#entry = entry
    this.#headers = headers
    void this.#show()
  }

  /** One at a time, and always the newest: filling up a list may wait, and answers must not overtake each other. */
  async #show(): Promise<void> {
    if (this.#showing) return
    this.#showing = true
    try {
      let shown: PicksEntry | undefined
      while (!this.#closed && this.#entry && (this.#entry !== shown || this.#again)) {
        shown = this.#entry
        const again = this.#again
        const headers = this.#headers
        this.#again = false
        const recommending = recommend(this.#userId, shown, this.#wish, this.#deps)
        const list = recommending instanceof Promise ? await recommending : recommending
        if (!this.#closed) this.#offer(list, again, headers)
      }
    } catch (error) {
      this.#deps.logger.warn({ reason: messageOf(error) }, 'a watched list could not be shown')
      void this.#tryAgain()
    } finally {
      this.#showing = false
    }
  }

  async #tryAgain(): Promise<void> {
    await this.#deps.clock.sleep(retryMs)
    this.#again = true
    await this.#show()
  }

  #offer(value: Recommendations, again: boolean, headers: Headers): void {
    const { revision } = value
    if (revision < this.#shownRevision || (revision === this.#shownRevision && !again)) return
    const same = revision === this.#shownRevision
    this.#shownRevision = revision
    this.#listed = value.picks.map(({ item }) => item.id)
    this.#emit({ value, revision, again: same, ...(!same && { headers }) })
  }
}
