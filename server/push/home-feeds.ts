import { messageOf } from '../../schema/app-error.ts'
import type { Home } from '../../schema/graphql/home.ts'
import { buildHome, type HomeDeps } from '../lists/home/build-home.ts'
import type { HomeRequest } from '../lists/home/home-request.ts'
import type { ListEntry } from '../lists/list-cache.ts'
import type { Feed } from './feed.ts'
import type { ViewContent } from './live-view.ts'
import { OpenViews, type OpenViewsDeps } from './open-views.ts'
import type { Built, Shown } from './view-state.ts'

type Deps = HomeDeps & OpenViewsDeps

/** Interval at which trends are compared with those that open pages were built from. */
const compareMs = 500
/** Ranks of the trends that are compared. */
const trendsCompared = 100
/** Pages visited in one turn of the event loop. */
const slice = 20
/** After all pages were rebuilt, the minimum delay before the next rebuild, as a multiple of its duration. */
const restFactor = 4

/**
 * All open start pages. They are rebuilt when the list, trends, catalog or rules change, and emitted if they differ.
 */
export class HomeFeeds {
  private readonly views: OpenViews<Home>
  private readonly comparing: NodeJS.Timeout
  private isStale = false
  private comparedTo = ''
  private restUntil = 0
  private refreshing = false

  constructor(private readonly deps: Deps) {
    this.views = new OpenViews(slice, deps)
    deps.catalog.onChange(() => {
      if (this.views.size > 0) this.isStale = true
    })
    this.comparing = setInterval(() => {
      this.compare().catch((error: unknown) => {
        deps.logger.warn({ reason: messageOf(error) }, 'changes of open start pages could not be computed')
      })
    }, compareMs)
    this.comparing.unref()
  }

  feed(userId: string, request: HomeRequest, key: string): Feed<Home> {
    return {
      key,
      canRepeat: true,
      open: (emit) => {
        let pages = 0
        return this.views.open(new HomeContent(userId, request, this.deps), ({ value, change, headers }) => {
          if (change !== 'none') pages++
          // The revision prevents a repeated value from being sent to subscribers that have it.
          emit({ value, revision: pages.toString(36).padStart(11, '0'), headers })
        })
      },
    }
  }

  close(): void {
    this.views.close()
    clearInterval(this.comparing)
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
      await this.views.compare()
      this.restUntil = clock.now() + restFactor * (clock.now() - begun)
    } finally {
      this.refreshing = false
    }
  }
}

class HomeContent implements ViewContent<Home> {
  constructor(
    readonly userId: string,
    private readonly request: HomeRequest,
    private readonly deps: Deps,
  ) {}

  get placement(): string | null {
    return this.request.placement
  }

  async build(entry: ListEntry): Promise<Built<Home>> {
    const { home, isStateBehind } = await buildHome(this.userId, entry, this.request, this.deps)
    const items = home.rows.flatMap(({ picks }) => picks.map(({ item }) => item.id))
    return { value: home, shown: { revision: '', label: home.id, items }, isBehind: isStateBehind }
  }

  /** Items that must leave the page do so soon; items that may be added wait for the next comparison. */
  isConcerned(changed: ReadonlySet<string>, { items }: Shown): boolean {
    return items.some((id) => {
      if (!changed.has(id)) return false
      const item = this.deps.catalog.get(id)
      return item === undefined || !this.request.isEligible(item)
    })
  }
}
