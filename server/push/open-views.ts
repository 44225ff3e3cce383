import { messageOf } from '../../schema/app-error.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { OpenFeed } from './feed.ts'
import { type Emission, LiveView, type ViewContent, type ViewDeps } from './live-view.ts'
import type { WatchedAnnouncer } from './watched-announcer.ts'

export interface OpenViewsDeps extends ViewDeps {
  readonly catalog: Pick<Catalog, 'onChange'>
  readonly watched: Pick<WatchedAnnouncer, 'note'>
}

/** Delay before changed items reach open views, so that many changes are handled at once. */
const gatherMs = 100
/** Interval of announcements; users announced less than half a minute ago are skipped. */
const announceMs = 15_000
/**
 * After a gap, the store may not contain the missed records yet. It is read again once the cached entries have expired.
 */
const retryAfterMs = 6_000

/**
 * All open views of one kind. Announces their users as watched, and notifies the views of changed items, changed rules
 * and gaps.
 */
export class OpenViews<T> {
  private readonly views = new Set<LiveView<T>>()
  private readonly announcing: NodeJS.Timeout
  private changed = new Set<string>()
  private gathering: NodeJS.Timeout | undefined
  private askAgain: NodeJS.Timeout | undefined

  /** @param slice number of views visited in one turn of the event loop */
  constructor(
    private readonly slice: number,
    private readonly deps: OpenViewsDeps,
  ) {
    this.announcing = setInterval(() => {
      for (const { userId } of this.views) deps.watched.note(userId)
    }, announceMs)
    this.announcing.unref()
    deps.catalog.onChange((ids) => this.gather(ids))
    deps.rulesInForce.onChange(() => this.start((view) => view.noticeRules()))
    deps.listTail.onGap(() => this.readAgain())
  }

  get size(): number {
    return this.views.size
  }

  open(content: ViewContent<T>, emit: (emission: Emission<T>) => void): OpenFeed {
    this.deps.watched.note(content.userId)
    const view = new LiveView(content, emit, this.deps)
    this.views.add(view)
    return {
      repeat: () => view.want('repeat'),
      close: () => {
        view.close()
        this.views.delete(view)
      },
    }
  }

  /** Compares all views with the current state. Resolves when the last one is built. */
  compare(): Promise<void> {
    return this.visit((view) => view.want('compare'))
  }

  close(): void {
    clearInterval(this.announcing)
    clearTimeout(this.gathering)
    clearTimeout(this.askAgain)
  }

  private gather(ids: ReadonlySet<string>): void {
    if (this.views.size === 0) return
    for (const id of ids) this.changed.add(id)
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined
      const changed = this.changed
      this.changed = new Set()
      this.start((view) => view.notice(changed))
    }, gatherMs)
  }

  private readAgain(): void {
    const compare = () => this.start((view) => view.want('compare'))
    compare()
    clearTimeout(this.askAgain)
    this.askAgain = setTimeout(compare, retryAfterMs)
  }

  private start(tell: (view: LiveView<T>) => void): void {
    this.visit(tell).catch((error: unknown) => {
      this.deps.logger.warn({ reason: messageOf(error) }, 'changes of open views could not be computed')
    })
  }

  /** The views of a slice wait for the store at the same time; the next slice waits for all of them. */
  private async visit(tell: (view: LiveView<T>) => void): Promise<void> {
    let visited = 0
    let building: Promise<void>[] = []
    for (const view of this.views) {
      tell(view)
      const done = view.done()
      if (done) building.push(done)
      if (++visited % this.slice > 0) continue
      await Promise.all(building)
      building = []
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(building)
  }
}
